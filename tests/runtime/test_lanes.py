"""Records of one lane are handled in order: none overtakes one that stays behind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Calls, always
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Callable


def message(number: int, lane: str, order: str) -> dict[str, Any]:
    return {
        "messageId": f"m-{number}",
        "receiptHandle": f"h-{number}",
        "body": json.dumps({"order_id": order}),
        "attributes": {"ApproximateReceiveCount": "1", "MessageGroupId": lane},
        "messageAttributes": {},
    }


def failing(seen: list[str], *ids: str, error: type[Exception] = Recoverable) -> Callable[[Any, Run], None]:
    def handle(order: Any, run: Run) -> None:
        seen.append(order["order_id"])
        if order["order_id"] in ids:
            raise error("not now")
        run.outputs.raw.put(order)

    return handle


def behind(answer: dict[str, Any]) -> list[str]:
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


MIXED = [message(1, "a", "a-1"), message(2, "b", "b-1"), message(3, "a", "a-2"), message(4, "b", "b-2")]


def test_what_follows_a_failed_record_in_its_lane_is_not_tried_and_other_lanes_go_on() -> None:
    seen: list[str] = []
    world = World(failing(seen, "a-1"), ordered=True)
    assert behind(world.invoke(MIXED)) == ["m-1", "m-3"]
    assert seen == ["a-1", "b-1", "b-2"]
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["b-1", "b-2"]


def test_what_came_before_a_failed_record_in_its_lane_lands_without_it() -> None:
    seen: list[str] = []
    world = World(failing(seen, "a-2"), ordered=True)
    assert behind(world.invoke(MIXED)) == ["m-3"]
    assert seen == ["a-1", "b-1", "a-2", "b-2"]
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["a-1", "b-1", "b-2"]


def test_without_order_every_record_is_tried() -> None:
    seen: list[str] = []
    assert behind(World(failing(seen, "a-1")).invoke(MIXED)) == ["m-1"]
    assert seen == ["a-1", "b-1", "a-2", "b-2"]


def test_a_record_that_is_given_up_holds_nobody_up_at_the_next_delivery() -> None:
    seen: list[str] = []
    world = World(failing(seen, "a-1", error=Permanent), ordered=True)
    assert behind(world.invoke(MIXED)) == ["m-3"]
    assert behind(world.invoke([MIXED[2]])) == []
    assert seen == ["a-1", "b-1", "b-2", "a-2"]
    assert len(world.dead_letters()) == 1


def test_order_is_kept_across_the_parts_of_a_large_batch() -> None:
    seen: list[str] = []
    many = [message(number, "a" if number % 2 else "b", f"o-{number}") for number in range(60)]
    world = World(failing(seen, "o-1"), ordered=True)
    assert behind(world.invoke(many)) == [f"m-{number}" for number in range(60) if number % 2]
    assert seen == ["o-0", "o-1", *(f"o-{number}" for number in range(2, 60, 2))]


def test_a_failed_output_holds_up_what_was_handled_after_it() -> None:
    world = World(ordered=True)
    world.calls.plan = always("PutObject")
    assert sorted(behind(world.invoke(MIXED))) == ["m-1", "m-2", "m-3", "m-4"]
    world.calls.plan = Calls().plan
    assert behind(world.invoke(MIXED)) == []
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["a-1", "b-1", "a-2", "b-2"]


def test_a_completion_that_is_refused_beside_a_later_one_of_its_lane_is_written_at_once() -> None:
    seen: list[str] = []
    world = World(failing(seen), ordered=True)
    refused: list[str] = []

    def refuse(table: str, item: Any) -> str | None:
        if table != world.settings.ledger_table or len(refused) > 1 or "m-1" not in str(item):
            return None
        refused.append(table)
        return "ThrottlingError"

    world.dynamodb.refuse = refuse
    assert behind(world.invoke(MIXED)) == []
    assert (len(refused), seen) == (2, ["a-1", "b-1", "a-2", "b-2"])


def test_a_completion_that_is_refused_alone_in_its_lane_comes_again_as_ever() -> None:
    world = World(failing([]), ordered=True)
    world.dynamodb.refuse = lambda table, item: (
        "ThrottlingError" if table == world.settings.ledger_table and "m-4" in str(item) else None
    )
    assert behind(world.invoke(MIXED)) == ["m-4"]
