"""What becomes of the records of a batch."""

from __future__ import annotations

import json
from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Fault, always
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, REPLAY, Failure, Replay
from functions.contract.state import CLAIM
from functions.runtime import Permanent, Recoverable, Run, Throttled
from functions.runtime.partiql import from_attributes
from tests.runtime.fakes import BUCKET, BUFFER, SETTINGS, STATE, World, put


def orders(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [{"order_id": f"o-{number}"} for number in range(start, start + count)]


def test_every_record_of_a_batch_lands_with_one_entry() -> None:
    world = World()
    world.send(*orders(10))
    assert world.deliver() == {"batchItemFailures": []}
    assert [json.loads(line) for line in world.landed()] == orders(10)
    assert world.statuses() == ["succeeded"] * 10
    assert world.sqs.queue(BUFFER) == []


@pytest.mark.parametrize(("records", "most"), [(10, 3), (25, 3), (100, 12)])
def test_a_happy_batch_costs_three_calls_for_each_25_records_and_two_write_units_a_record(
    records: int, most: int
) -> None:
    world = World()
    world.send(*orders(records))
    world.deliver(records)
    assert len(world.calls.names) == most
    assert world.dynamodb.write_units == 2 * records
    assert len(world.entries(Status.SUCCEEDED)) == records


def test_the_entry_says_who_ran_under_what_and_where_the_record_is() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.entries()
    assert (entry.function, entry.function_version, entry.request_id) == (
        "shop-orders-dev-land-order",
        "7",
        "request-1",
    )
    assert (entry.attempt, entry.run_id, entry.parent_run_id) == (1, "message-1.1", None)
    assert entry.location == f"s3://{BUCKET}/raw/shop-orders/load_date=2023-11-14/run_id=lease-1-1/records.ndjson#1"
    assert entry.expires_at == int(world.clock.now()) + SETTINGS.ledger_retention
    assert (entry.error_type, entry.error_message) == (None, None)


def test_the_same_record_later_is_a_duplicate_without_effect() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "succeeded"]
    assert len(world.s3.objects) == 1


def test_a_duplicate_with_another_payload_is_told_as_such() -> None:
    world = World()
    world.send({"order_id": "o-1", "total": 1})
    world.deliver()
    world.send({"order_id": "o-1", "total": 2})
    world.deliver()
    (entry,) = world.entries(Status.DUPLICATE)
    assert entry.error_type == "payload-differs"
    assert entry.location is None


def test_the_same_record_twice_in_a_batch_has_one_effect() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"}, {"order_id": "o-1"}, {"order_id": "o-2"})
    assert world.deliver() == {"batchItemFailures": []}
    assert runs == ["message-1.1", "message-3.1"]
    assert world.statuses() == ["duplicate", "succeeded", "succeeded"]


def test_the_same_record_in_two_parts_of_a_large_batch_has_one_effect() -> None:
    world = World()
    world.send(*orders(40), {"order_id": "o-0"})
    assert world.deliver(100) == {"batchItemFailures": []}
    assert len(world.landed()) == 40
    assert len(world.entries(Status.DUPLICATE)) == 1


def test_the_repeat_of_a_failed_record_comes_back_instead_of_passing_for_done() -> None:
    def handler(order: Any, run: Run) -> None:
        if run.attempt == 1:
            raise Recoverable
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    assert len(world.deliver()["batchItemFailures"]) == 2
    world.until_quiet()
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "failed", "succeeded"]


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


def test_a_failed_record_is_free_for_the_next_attempt() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Recoverable

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = [from_attributes(item) for item in world.dynamodb.items(STATE)]
    assert claim["sk"] == CLAIM
    assert claim["lease_until"] == 0


def test_the_claim_outlives_the_record_in_the_table() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = [from_attributes(item) for item in world.dynamodb.items(STATE)]
    assert claim["expires_at"] == int(world.clock.now()) + SETTINGS.idempotency.ttl_seconds


def test_a_duplicate_after_the_claim_has_expired_has_no_second_effect() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = world.dynamodb.items(STATE)
    world.dynamodb.remove(STATE, claim["pk"]["S"], claim["sk"]["S"])
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert len(world.landed()) == 1
    assert world.statuses() == ["duplicate", "succeeded"]


def test_a_handler_that_puts_nothing_still_leaves_evidence() -> None:
    world = World(lambda order, run: None)
    world.send({"order_id": "o-1"})
    world.deliver()
    (entry,) = world.entries(Status.SUCCEEDED)
    assert entry.location is None
    assert world.s3.objects == {}


def test_an_empty_event_is_answered_without_a_call() -> None:
    world = World()
    assert world.invoke([]) == {"batchItemFailures": []}
    assert world.calls.names == []
