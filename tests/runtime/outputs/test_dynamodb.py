"""Items are written in batches where nothing is asked of what stands there, and else one by one."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Fault, always
from functions.contract.environment import OutputSettings
from functions.contract.ledger import Status
from functions.runtime.stores.values import from_attributes
from tests.runtime.fakes import World, orders

if TYPE_CHECKING:
    from functions.runtime import Run

OUTPUT = OutputSettings("items", "dynamodb", "orders", {"key": [["order_id", "S"]]})


def put(order: Any, run: Run) -> None:
    run.outputs.items.put(order)


def world_of(handler: Any = put, **changes: Any) -> World:
    return World(handler, outputs=(OUTPUT,), **changes)


def items(world: World) -> list[dict[str, Any]]:
    return [from_attributes(item) for item in world.clients.items.items("orders")]


def writing(*calls: dict[str, Any]) -> Any:
    """Return a handler that puts the record with each of these arguments."""

    def handler(order: Any, run: Run) -> None:
        for call in calls:
            run.outputs.items.put({**order, **call.get("item", {})}, **{k: v for k, v in call.items() if k != "item"})

    return handler


def test_a_batch_is_one_call() -> None:
    world = world_of()
    world.send(*orders(10))
    world.deliver()
    assert world.calls.names.count("BatchWriteItem") == 1
    assert items(world) == orders(10)


def test_numbers_are_kept_exactly() -> None:
    world = world_of(lambda order, run: run.outputs.items.put({**order, "total": Decimal("1.10"), "rate": 0.1}))
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == [{"order_id": "o-1", "total": Decimal("1.1"), "rate": Decimal("0.1")}]


def test_of_two_writes_to_one_key_the_last_stands() -> None:
    world = world_of(writing({"item": {"n": 1}}, {"item": {"n": 2}}))
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == [{"order_id": "o-1", "n": 2}]
    assert world.calls.names.count("BatchWriteItem") == 2


def test_what_the_table_leaves_undone_is_sent_again_within_the_time_that_is_left() -> None:
    world = world_of()
    left = [True, True]
    world.clients.items.unprocessed = lambda request: bool(left) and "o-1" in str(request) and left.pop()
    world.send(*orders(3))
    world.deliver()
    assert world.calls.names.count("BatchWriteItem") == 3
    assert world.statuses() == ["succeeded"] * 3


def test_what_stays_undone_fails_its_own_record_alone() -> None:
    world = world_of()
    world.clients.items.unprocessed = lambda request: "o-1" in str(request)
    world.send(*orders(3))
    world.deliver()
    assert world.statuses() == ["failed", "succeeded", "succeeded"]
    assert world.clock.now() < 1_700_000_000 + world.timeout


def test_an_item_that_stands_there_is_left_alone_and_that_is_no_failure() -> None:
    world = world_of(writing({"if_absent": True}))
    world.send({"order_id": "o-1"})
    world.deliver()
    world.handler = writing({"item": {"other": True}, "if_absent": True})
    world.dynamodb.tables.clear()
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == [{"order_id": "o-1"}]
    assert world.statuses() == ["succeeded"]
    assert any(line["message"] == "items kept as they are" for line in world.logged())


def test_a_conflict_gives_the_record_up_where_that_is_asked_for() -> None:
    first = writing({"item": {"n": 1}})
    world = world_of(first)
    world.send({"order_id": "o-1"})
    world.deliver()
    world.dynamodb.tables.clear()
    world.handler = writing({"item": {"n": 2}, "if_absent": True, "on_conflict": "fail"})
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["item-conflict"]
    assert items(world) == [{"order_id": "o-1", "n": 1}]


def test_the_records_own_item_of_an_earlier_try_is_no_conflict() -> None:
    world = world_of(writing({"if_absent": True, "on_conflict": "fail"}))
    lost = [True]
    world.calls.plan = lambda _index, name: Fault.LOST_ANSWER if name == "PutItem" and lost and lost.pop() else None
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["failed", "succeeded"]


def test_only_what_is_newer_replaces_what_stands_there() -> None:
    world = world_of(writing({"item": {"v": 2}, "if_newer": "v"}, {"item": {"v": 1}, "if_newer": "v"}))
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == [{"order_id": "o-1", "v": 2}]
    world = world_of(writing({"item": {"v": 1}, "if_newer": "v"}, {"item": {"v": 2}, "if_newer": "v"}))
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == [{"order_id": "o-1", "v": 2}]


def test_what_is_deleted_is_gone_in_the_order_of_the_calls() -> None:
    def handler(order: Any, run: Run) -> None:
        run.outputs.items.put(order)
        run.outputs.items.delete(order["order_id"])

    world = world_of(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    assert items(world) == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"item": {"order_id": 7}}, "StoreMisuse"),
        ({"item": {"x": NotImplemented}}, "StoreMisuse"),
        ({"if_absent": True, "if_newer": "order_id"}, "OutputMisuse"),
        ({"if_newer": "missing"}, "OutputMisuse"),
        ({"on_conflict": "shrug"}, "OutputMisuse"),
        ({"item": {"text": "x" * 410_000}}, "entry-too-large"),
    ],
    ids=str,
)
def test_what_the_table_could_never_keep_is_given_up_at_once(wrong: dict[str, Any], error: str) -> None:
    world = world_of(writing(wrong))
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [(entry.error_type, entry.attempt) for entry in world.entries(Status.DEAD_LETTERED)] == [(error, 1)]
    assert items(world) == []


def test_a_table_that_is_down_delays_the_records() -> None:
    world = world_of()
    world.calls.plan = always("BatchWriteItem")
    world.send(*orders(2))
    world.deliver()
    assert world.statuses() == ["failed"] * 2
    world.calls.plan = lambda _index, _name: None
    world.until_quiet()
    assert items(world) == orders(2)
