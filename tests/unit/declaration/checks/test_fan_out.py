"""Workers against the catalogue, and what cannot be shared out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.declaration.checks import check_declaration
from constructs_lib.declaration.pipeline import PipelineDeclaration
from tests.declarations import fields, write_project
from tests.unit.declaration.bad_fan_out import HANDLER, ROWS, fan_out

if TYPE_CHECKING:
    from pathlib import Path


def codes(folder: Path, **changes: Any) -> list[tuple[str, str]]:
    declaration = PipelineDeclaration.model_validate({**fields(**changes), "directory": write_project(folder)})
    return [(fault.code, fault.path) for fault in check_declaration(declaration, load_catalog())]


def test_a_plain_fan_out_is_right(tmp_path: Path) -> None:
    assert codes(tmp_path, **fan_out()) == []


@pytest.mark.parametrize(
    ("worker", "code", "field"),
    [
        ({"size": "smal"}, "size-unknown", "size"),
        ({"timeout": "20m"}, "timeout-too-long", "timeout"),
        ({"max_concurrency": 1}, "concurrency-out-of-range", "max_concurrency"),
        ({"max_concurrency": 1001}, "concurrency-out-of-range", "max_concurrency"),
        ({"batch_size": 11}, "batch-without-window", "batch_size"),
        ({"batch_size": 10_001, "max_batching_window": "1s"}, "batch-too-large", "batch_size"),
        ({"max_batching_window": "6m"}, "window-too-long", "max_batching_window"),
        ({"handler": "handlers.orders:land_ordr"}, "handler-missing", "handler"),
    ],
)
def test_a_worker_stays_within_what_its_mapping_and_its_size_take(
    tmp_path: Path, worker: dict[str, Any], code: str, field: str
) -> None:
    assert codes(tmp_path, **fan_out(worker)) == [(code, f"fan_out.workers[0].{field}")]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"source": {"type": "queue"}, "queue": {"fifo": True}, "tenant": None}, "queue.fifo"),
        ({"back_pressure": {"dependency": "raw-store"}}, "back_pressure"),
    ],
)
def test_what_workers_cannot_keep_is_refused(tmp_path: Path, changes: dict[str, Any], path: str) -> None:
    identity = {"idempotency": {"key": ["body.order_id"]}}
    assert ("fan-out-not-possible", path) in codes(tmp_path, **{**fan_out(), **identity, **changes})


@pytest.mark.parametrize("name", ["group", "part", "expected"])
def test_without_workers_a_group_has_to_be_told(tmp_path: Path, name: str) -> None:
    given: dict[str, Any] = {"group": ["body.order_id"], "part": "body.order_id", "expected": 2}
    del given[name]
    assert codes(tmp_path, fan_in={"handler": HANDLER, **given}) == [("field-missing", f"fan_in.{name}")]


def test_more_results_than_a_group_may_have_are_refused(tmp_path: Path) -> None:
    wide = fan_out(workers=[ROWS, {**ROWS, "name": "other"}], items="body.order_id", max_items=501)
    assert codes(tmp_path, **wide, fan_in={"handler": HANDLER}) == [("fan-in-beyond-cap", "fan_in")]


def test_a_worker_may_read_what_the_source_brings(tmp_path: Path) -> None:
    objects = {"source": {"type": "s3"}, "tenant": None, "contract": None, "idempotency": None}
    assert codes(tmp_path, **{**fan_out({"stores": ["source"]}), **objects}) == []
