"""The dynamodb source: an own table, one whose stream a pipeline publishes, or any stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

ARN = "arn:aws:dynamodb:eu-west-1:111122223333:table/orders/stream/2026-01-31T12:00:00.000"
PUBLISHED = "{{resolve:ssm:/shop-orders/prod/tables/orders-prod-orders/stream-arn}}"


def planned(folder: Path, **source: Any) -> PipelinePlan:
    return plan_pipeline(
        declare(folder, source={"type": "dynamodb", **source}, tenant=None, idempotency=None), stage="prod"
    )


@pytest.mark.parametrize(
    ("source", "stream", "table", "existing"),
    [
        ({"partition_key": "order_id"}, "${Stream.table}", "shop-orders-prod-table", False),
        ({"table": "orders-${stage}-orders"}, PUBLISHED, "orders-prod-orders", True),
        ({"arn": ARN}, ARN, ARN, True),
    ],
    ids=["own", "published", "given"],
)
def test_the_runner_reads_the_stream_of_the_one_table(
    tmp_path: Path, source: dict[str, Any], stream: str, table: str, existing: bool
) -> None:
    plan = planned(tmp_path, **source)
    (read,) = (grant for grant in plan.function("land_order").grants if grant.sid == "ReadChanges")
    assert read.resources == (stream,)
    assert [one.stream for one in plan.streams] == [stream]
    assert [(one.name, one.existing) for one in plan.resources] == [(table, existing)]


@pytest.mark.parametrize(
    "source", [{}, {"partition_key": "id", "table": "orders"}, {"table": "orders", "sort_key": "at"}], ids=str
)
def test_exactly_one_table_is_named(tmp_path: Path, source: dict[str, Any]) -> None:
    faults = from_fields(tmp_path, source={"type": "dynamodb", **source}, tenant=None, idempotency=None)
    assert [fault.code for fault in faults] == ["source-table-unclear"]


def test_a_change_is_known_by_its_id_and_its_keys_may_be_the_tenants(tmp_path: Path) -> None:
    source = {"type": "dynamodb", "table": "orders"}
    assert from_fields(tmp_path, source=source, tenant={"key": "change.keys.shop"}, idempotency=None) == ()
    faults = from_fields(tmp_path, source=source, tenant={"key": "change.key"}, idempotency=None)
    assert [fault.code for fault in faults] == ["key-not-in-record"]
