"""Events say where they come from, keep their contract, and are known again."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.environment import OutputSettings
from functions.contract.identity import content_hash, run_token
from functions.contract.ledger import Status
from tests.runtime.fakes import World, orders

if TYPE_CHECKING:
    from functions.runtime import Run

SCHEMA = {
    "type": "object",
    "required": ["order_id"],
    "properties": {"order_id": {"type": "string"}},
}
OPTIONS = {"source": "pipelines.shop-orders", "detail_type": "OrderTaken"}
TOKEN = run_token("shop-orders", ("o-1",))


def put(order: Any, run: Run) -> None:
    run.outputs.event_bus.put(order)


def world_of(handler: Any = put, folder: Path | None = None, **options: Any) -> World:
    world = World(handler, outputs=(OutputSettings("event_bus", "event_bus", "a-bus", {**OPTIONS, **options}),))
    world.folder = folder or Path()
    return world


def test_an_event_holds_what_happened_beside_where_it_comes_from() -> None:
    world = world_of()
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.bus.entries
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("a-bus", OPTIONS["source"], "OrderTaken")
    assert json.loads(entry["Detail"]) == {
        "metadata": {
            "event_id": f"{TOKEN}-0",
            "occurred_at": "2023-11-14T22:13:20.000Z",
            "pipeline": "shop-orders",
            "stage": "dev",
            "tenant": "default",
            "run_token": TOKEN,
            "run_id": "message-1.1",
            "correlation_id": "message-1",
            "contract": None,
        },
        "data": {"order_id": "o-1"},
    }


def test_ten_events_leave_in_one_call() -> None:
    world = world_of()
    world.send(*orders(12))
    world.deliver(12)
    assert world.calls.names.count("PutEvents") == 2
    assert len(world.bus.entries) == 12


def test_a_refused_event_is_its_own_records_failure() -> None:
    world = world_of()
    world.bus.refuse = lambda entry: "InternalFailure" if "o-1" in entry["Detail"] else None
    world.send(*orders(3))
    world.deliver()
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["InternalFailure"]
    assert len(world.entries(Status.SUCCEEDED)) == 2


def test_the_handler_may_say_what_happened_and_when() -> None:
    at = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    world = world_of(lambda order, run: run.outputs.event_bus.put(order, detail_type="OrderPaid", occurred_at=at))
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.bus.entries
    assert entry["DetailType"] == "OrderPaid"
    assert json.loads(entry["Detail"])["metadata"]["occurred_at"] == "2026-11-20T12:00:00.000Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"detail_type": ""},
        {"detail_type": "x" * 129},
        {"occurred_at": "yesterday"},
        {"occurred_at": datetime(2026, 1, 1)},
    ],
    ids=str,
)
def test_what_is_no_event_is_given_up_and_not_sent(wrong: dict[str, Any]) -> None:
    world = world_of(lambda order, run: run.outputs.event_bus.put(order, **wrong))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["OutputMisuse"]
    assert world.bus.entries == []


def test_an_event_that_keeps_its_contract_names_it_and_one_that_breaks_it_is_never_sent(tmp_path: Path) -> None:
    (tmp_path / "taken.json").write_text(json.dumps(SCHEMA))

    def handler(order: Any, run: Run) -> None:
        run.outputs.event_bus.put({"order_id": order["number"]})

    world = world_of(handler, tmp_path, contract={"id": "order-taken", "version": "2", "file": "taken.json"})
    world.send({"order_id": "o-1", "number": "n-1"}, {"order_id": "o-2", "number": 7})
    world.until_quiet()
    (entry,) = world.bus.entries
    told = {"id": "order-taken", "version": "2", "schema_hash": content_hash(SCHEMA)}
    assert json.loads(entry["Detail"])["metadata"]["contract"] == told
    (letter,) = world.entries(Status.DEAD_LETTERED)
    assert letter.error_message == "the event breaks order-taken 2: detail.order_id breaks type"
