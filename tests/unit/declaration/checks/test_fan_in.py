"""What a declaration says of groups is what a record has, and has an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.catalog import load_catalog
from constructs_lib.declaration.checks import check_declaration
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

FAN_IN: dict[str, Any] = {
    "group": ["body.order_id"],
    "part": "body.order_id",
    "expected": 4,
    "handler": "handlers.orders:land_order",
}


def faults(folder: Path, changes: dict[str, Any], **others: Any) -> list[tuple[str, str]]:
    declaration = declare(folder, fan_in={**FAN_IN, **changes}, **others)
    found = check_declaration(declaration, load_catalog(declaration.catalog))
    return [(fault.code, fault.path) for fault in found]


def test_a_good_fan_in_has_no_fault(tmp_path: Path) -> None:
    assert faults(tmp_path, {}) == []
    assert faults(tmp_path, {"timeout": "7d", "max_items": 4}) == []
    assert faults(tmp_path, {"timeout": "1m", "expected": "body.order_id"}) == []


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"timeout": "59s"}, "fan-in-timeout", "fan_in.timeout"),
        ({"timeout": "8d"}, "fan-in-timeout", "fan_in.timeout"),
        ({"max_items": 3}, "fan-in-beyond-cap", "fan_in.expected"),
        ({"group": ["body.order_id", "body..x"]}, "key-not-jmespath", "fan_in.group[1]"),
        ({"part": "body.region"}, "key-not-in-schema", "fan_in.part"),
        ({"part": "attributes.MessageId"}, "key-from-transport", "fan_in.part"),
        ({"expected": "body.total"}, "key-not-required", "fan_in.expected"),
        ({"handler": "handlers.orders:consolidate"}, "handler-missing", "fan_in.handler"),
    ],
)
def test_a_faulty_fan_in_is_refused(tmp_path: Path, changes: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, changes) == [(code, path)]


def test_parts_need_an_output_to_be_read_from(tmp_path: Path) -> None:
    assert faults(tmp_path, {}, outputs=[]) == [("fan-in-without-raw", "outputs")]


def test_parts_need_a_queue(tmp_path: Path) -> None:
    source = {"type": "http", "path": "/shops/{shop_id}/orders", "auth": {"type": "iam"}, "mode": "sync"}
    others = {"tenant": {"id": "shops"}, "idempotency": {"key": ["body.order_id"]}}
    assert ("fan-in-without-queue", "fan_in") in faults(tmp_path, {}, source=source, **others)


@pytest.mark.parametrize("change", [{"expected": 0}, {"expected": "4"}, {"expected": True}, {"max_items": 1001}])
def test_a_number_of_parts_that_is_none_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        declare(tmp_path, fan_in={**FAN_IN, **change})
