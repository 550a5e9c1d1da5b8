"""The event_bus output: one bus under one source, and the contract of what is told there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.outputs import OUTPUTS
from constructs_lib.outputs.event_bus import EventBus
from tests.declarations import declare
from tests.unit.event_sources.contexts import context
from tests.unit.outputs.sending import contributed, faults, granted

if TYPE_CHECKING:
    from pathlib import Path

HERE = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus"
TAKEN = {"type": "event_bus", "detail_type": "OrderTaken"}
CONTRACT = {"id": "order-taken", "version": "1", "schema": "schemas/order.json"}


def test_the_output_is_found_by_its_module() -> None:
    assert EventBus in OUTPUTS


@pytest.mark.parametrize(
    ("bus", "arn"),
    [
        (None, f"{HERE}/pipelines-dev-events"),
        ("orders-${stage}-bus", f"{HERE}/orders-dev-bus"),
        ("arn:aws:events:eu-west-1:111122223333:event-bus/b", "arn:aws:events:eu-west-1:111122223333:event-bus/b"),
    ],
    ids=str,
)
def test_the_runner_may_speak_on_one_bus_under_one_source(bus: str | None, arn: str) -> None:
    output = EventBus(bus=bus, detail_type="OrderTaken")
    assert granted(output) == [(("events:PutEvents",), (arn,))]
    (grant,) = contributed(output).runner_grants
    assert [(one.key, one.values) for one in grant.conditions] == [("events:source", ("pipelines.shop-orders",))]
    assert [(plan.name, plan.existing) for plan in contributed(output).resources] == [(arn.rpartition("/")[2], True)]


def test_source_and_type_are_told_to_the_runner() -> None:
    told = EventBus(source="shop", detail_type="OrderTaken").settings(context()).options
    assert told == {"source": "shop", "detail_type": "OrderTaken"}


def test_the_schema_of_the_events_goes_into_the_bundle(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path, outputs=[{**TAKEN, "contract": CONTRACT}]))
    (file,) = plan.function("land_order").code.files
    assert (file.place, file.source) == ("contracts/event_bus.json", str(tmp_path / "schemas" / "order.json"))
    assert '"file":"contracts/event_bus.json"' in json.dumps(plan.model_dump(mode="json")).replace("\\", "")


@pytest.mark.parametrize(
    ("fields", "code", "path"),
    [
        ({"source": "aws.s3"}, "event-source-reserved", "outputs[0].source"),
        ({"source": "serverless-pipelines"}, "event-source-reserved", "outputs[0].source"),
        ({"detail_type": ""}, "length-wrong", "outputs[0].detail_type"),
        ({"contract": {**CONTRACT, "schema": "schemas/none.json"}}, "schema-missing", "outputs[0].contract.schema"),
        ({"contract": {**CONTRACT, "schema": "handlers/orders.py"}}, "schema-unreadable", "outputs[0].contract.schema"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_place(tmp_path: Path, fields: dict[str, Any], code: str, path: str) -> None:
    assert faults(tmp_path, **{**TAKEN, **fields}) == [(code, path)]
