"""Records of a batch that are given back untried."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Fault
from functions.contract.message import FAILURE, Failure
from functions.runtime import Run, Throttled
from tests.runtime.fakes import SETTINGS, World, orders, put


def test_throttling_gives_the_rest_of_the_batch_back_untried() -> None:
    tried: list[str] = []

    def handler(order: Any, run: Run) -> None:
        tried.append(order["order_id"])
        if order["order_id"] == "o-1":
            raise Throttled(retry_after=60)
        put(order, run)

    world = World(handler)
    messages = world.send(*orders(5))
    answer = world.deliver()
    assert tried == ["o-0", "o-1"]
    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == [m.id for m in messages[1:]]
    assert {world.sqs.delays[message.id] for message in messages[1:]} == {60}
    assert world.statuses() == ["failed", "succeeded"]


def test_on_its_last_delivery_a_record_is_tried_even_when_others_wait() -> None:
    tried: list[str] = []

    def handler(order: Any, run: Run) -> None:
        tried.append(order["order_id"])
        if order["order_id"] == "o-0":
            raise Throttled
        put(order, run)

    world = World(handler)
    messages = world.send(*orders(3))
    messages[0].receive_count = messages[2].receive_count = SETTINGS.retry.max_receive_count - 1
    world.deliver()
    assert tried == ["o-0", "o-2"]


def test_records_are_given_back_before_time_runs_out() -> None:
    world = World(timeout=10)

    def handler(order: Any, run: Run) -> None:
        world.clock.advance(3)
        put(order, run)

    world.handler = handler
    messages = world.send(*orders(10))
    answer = world.deliver()
    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == [m.id for m in messages[3:]]
    assert len(world.landed()) == 3
    assert {world.sqs.delays[message.id] for message in messages[3:]} == {0}
    world.until_quiet()
    assert len(world.landed()) == 10


def test_a_batch_that_comes_too_late_is_given_back_without_a_claim() -> None:
    world = World(timeout=0.9)
    world.send(*orders(3))
    assert len(world.deliver()["batchItemFailures"]) == 3
    assert world.calls.names == ["ChangeMessageVisibilityBatch"]
    assert world.entries() == []


def test_a_record_that_is_given_back_on_its_last_delivery_goes_to_the_dead_letter_queue_with_a_reason() -> None:
    world = World(timeout=0.9)
    (message,) = world.send({"order_id": "o-1"})
    message.receive_count = SETTINGS.retry.max_receive_count - 1
    assert world.deliver() == {"batchItemFailures": []}
    (letter,) = world.dead_letters()
    failure = Failure.from_json(letter.attributes[FAILURE]["StringValue"])
    assert (failure.reason, failure.error_type) == ("retries-exhausted", "NotTried")
    assert "deadline" in failure.error_message
    assert world.statuses() == ["dead_lettered"]


def test_a_record_in_flight_elsewhere_waits_for_the_end_of_that_lease() -> None:
    world = World()
    (message,) = world.send({"order_id": "o-1"})
    world.calls.plan = lambda index, name: Fault.KILLED_AFTER if index == 0 else None
    with pytest.raises(BaseException, match="BatchExecuteStatement"):
        world.deliver()
    message.visible_at = world.clock.now()
    assert len(world.deliver()["batchItemFailures"]) == 1
    assert world.sqs.delays[message.id] == world.timeout + 2
    assert world.entries() == []
    world.clock.advance(world.timeout + 2)
    world.deliver()
    assert len(world.landed()) == 1
