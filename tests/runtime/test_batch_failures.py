"""What becomes of the records of a batch that fail."""

from __future__ import annotations

import json
from typing import Any

from constructs_lib.drills.memory.faults import always
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, REPLAY, Failure, Replay
from functions.contract.state import CLAIM
from functions.runtime import Permanent, Recoverable, Run
from functions.runtime.partiql import from_attributes
from tests.runtime.fakes import BUFFER, STATE, World, orders, put


def test_one_bad_record_in_ten_leaves_nine_landed() -> None:
    def handler(order: Any, run: Run) -> None:
        put(order, run)
        if order["order_id"] == "o-3":
            raise Recoverable("later")

    world = World(handler)
    messages = world.send(*orders(10))
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": messages[3].id}]}
    assert len(world.landed()) == 9
    assert {"order_id": "o-3"} not in [json.loads(line) for line in world.landed()]
    assert world.statuses() == ["failed", *["succeeded"] * 9]


def test_a_recoverable_failure_waits_longer_each_time_and_then_lands() -> None:
    def handler(order: Any, run: Run) -> None:
        if run.attempt < 4:
            raise Recoverable
        put(order, run)

    world = World(handler)
    (message,) = world.send({"order_id": "o-1"})
    waits = []
    for _ in range(3):
        world.deliver()
        waits.append(world.sqs.delays[message.id])
        world.clock.advance(waits[-1])
    assert waits == [2, 4, 8]
    world.deliver()
    assert world.statuses() == ["failed", "failed", "failed", "succeeded"]
    assert [entry.attempt for entry in world.entries(Status.FAILED)] == [1, 2, 3]


def test_a_spent_budget_ends_in_the_dead_letter_queue_with_the_reason() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Recoverable("still down")

    world = World(handler)
    world.send({"order_id": "o-1"}, path={"shop_id": "s-1"})
    world.until_quiet()
    (letter,) = world.dead_letters()
    failure = Failure.from_json(letter.attributes[FAILURE]["StringValue"])
    assert (failure.reason, failure.error_type, failure.error_message) == (
        "retries-exhausted",
        "Recoverable",
        "still down",
    )
    assert letter.body == '{"order_id": "o-1"}'
    assert letter.attributes["path.shop_id"]["StringValue"] == "s-1"
    assert world.statuses() == ["dead_lettered", *["failed"] * 4]
    assert world.landed() == []


def test_a_permanent_failure_goes_to_the_dead_letter_queue_at_once() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Permanent("no such currency")

    world = World(handler)
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    (letter,) = world.dead_letters()
    assert Failure.from_json(letter.attributes[FAILURE]["StringValue"]).reason == "permanent"
    assert world.statuses() == ["dead_lettered"]


def test_an_unknown_error_is_tried_again_and_logged_as_an_error() -> None:
    def handler(order: Any, run: Run) -> None:
        if run.attempt == 1:
            raise ZeroDivisionError
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["failed", "succeeded"]
    (line,) = [line for line in world.logged() if line["level"] == "ERROR"]
    assert line["error_type"] == "ZeroDivisionError"
    assert line["run_id"] == "message-1.1"


def test_a_message_stays_when_the_dead_letter_queue_cannot_be_reached() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Permanent

    world = World(handler)
    world.calls.plan = always("SendMessageBatch")
    (message,) = world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": message.id}]}
    assert world.dead_letters() == []
    assert world.statuses() == ["failed"]
    world.until_quiet(rounds=101)
    assert len(world.dead_letters()) == 1


def test_a_letter_that_is_refused_alone_stays_alone() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Permanent

    world = World(handler)
    messages = world.send(*orders(3))
    world.sqs.refuse = lambda entry: "InternalError" if "o-1" in entry.get("MessageBody", "") else None
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": messages[1].id}]}
    assert world.statuses() == ["dead_lettered", "dead_lettered", "failed"]


def test_a_replayed_message_continues_the_failed_run() -> None:
    world = World()
    (message,) = world.send({"order_id": "o-1"})
    replay = Replay(parent_run_id="message-0.5", replayed_by="me", replayed_at="2026-01-01T00:00:00+00:00")
    message.attributes[REPLAY] = {"DataType": "String", "StringValue": replay.to_json()}
    world.deliver()
    (entry,) = world.entries()
    assert entry.parent_run_id == "message-0.5"


def test_a_dead_lettered_record_can_land_when_it_is_replayed() -> None:
    down = True

    def handler(order: Any, run: Run) -> None:
        if down:
            raise Permanent
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    down = False
    (letter,) = world.dead_letters()
    world.sqs.put(BUFFER, letter.body)
    world.deliver()
    assert len(world.landed()) == 1


def test_a_failed_record_is_free_for_the_next_attempt() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Recoverable

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = [from_attributes(item) for item in world.dynamodb.items(STATE)]
    assert claim["sk"] == CLAIM
    assert claim["lease_until"] == 0
