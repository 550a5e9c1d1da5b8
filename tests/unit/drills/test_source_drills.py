"""Drills of what only some sources can do: each passes where the platform does its part, and fails where not."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.registry import drill
from constructs_lib.drills.subject import Subject
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.drills.planned import Planned

KEY = {"key": ["body.order_id"]}
KINESIS: dict[str, Any] = {"source": {"type": "kinesis"}, "idempotency": None}
FIFO: dict[str, Any] = {"source": {"type": "queue"}, "queue": {"fifo": True}}
S3: dict[str, Any] = {"source": {"type": "s3", "prefix": "in/"}, "idempotency": None, "contract": None}
TOPIC: dict[str, Any] = {"source": {"type": "topic", "raw_delivery": False}}
OWN = {
    "filtered": S3,
    "malformed-envelope": TOPIC,
    "order-kept": FIFO,
    "shard-moves-on": KINESIS,
}


def subject(folder: Path, **changes: Any) -> Subject:
    declared = fields(**{"tenant": None, "idempotency": KEY, **changes})
    file = write_project(folder) / "shop-orders.json"
    file.write_text(json.dumps({"version": 1, **declared}))
    return Subject.named(str(file))


class Careless(Subject):
    """A pipeline whose runner knows less of its source than was declared."""

    @cached_property
    def planned(self) -> Planned:
        """The runner without order and without options."""
        planned = super().planned
        return replace(planned, settings=replace(planned.settings, ordered=False, source_options={}))


@pytest.mark.parametrize("name", OWN)
def test_a_source_stands_the_drill_that_is_about_it(tmp_path: Path, name: str) -> None:
    drilled = subject(tmp_path, **OWN[name])
    assert drill(name).inapplicable(drilled) == ""
    assert drill(name).run(drilled, 1).found is None


@pytest.mark.parametrize("name", ["filtered", "order-kept"])
def test_a_runner_that_knows_less_of_its_source_fails_it_and_not_the_others(tmp_path: Path, name: str) -> None:
    changes = KINESIS if name == "order-kept" else OWN[name]
    good = subject(tmp_path, **changes)
    careless = Careless(good.file, good.plan, good.source)
    assert drill(name).run(careless, 1).found is not None
    assert drill("timeout-mid-batch").run(good, 1).found is None


@pytest.mark.parametrize("name", OWN)
def test_a_plain_queue_has_none_of_them(tmp_path: Path, name: str) -> None:
    assert drill(name).inapplicable(subject(tmp_path, source={"type": "queue"}))
