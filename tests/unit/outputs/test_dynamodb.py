"""The dynamodb output: one table, the right to write its items alone, and what it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.dynamodb import DynamoDb
from tests.unit.event_sources.contexts import context
from tests.unit.outputs.sending import contributed, faults, granted

if TYPE_CHECKING:
    from pathlib import Path

HERE = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table"
WRITE = ("dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:DeleteItem")


def test_the_output_is_found_by_its_module() -> None:
    assert DynamoDb in OUTPUTS


@pytest.mark.parametrize(
    ("fields", "table"),
    [
        ({}, "shop-orders-dev-out-table"),
        ({"name": "view"}, "shop-orders-dev-view-table"),
        ({"table": "v-${stage}"}, "v-dev"),
    ],
    ids=str,
)
def test_the_runner_may_write_items_of_exactly_one_table(fields: dict[str, Any], table: str) -> None:
    output = DynamoDb(partition_key="order_id", sort_key="at:N", **fields)
    assert granted(output) == [(WRITE, (f"{HERE}/{table}",))]
    settings = output.settings(context())
    assert (settings.target, settings.options) == (table, {"key": [["order_id", "S"], ["at", "N"]]})
    assert [plan.existing for plan in contributed(output).resources] == ["table" in fields]


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({}, "field-missing", "outputs[0].partition_key"),
        ({"partition_key": "a b"}, "text-wrong", "outputs[0].partition_key"),
        ({"partition_key": "id", "table": "x"}, "text-wrong", "outputs[0].table"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, fields: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, type="dynamodb", **fields) == [(code, path)]
