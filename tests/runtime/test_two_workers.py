"""Two workers at the same record: leases keep them apart, and a late one changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, always, at
from functions.contract.ledger import Status
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import BUFFER, STATE, World, put


def delivered_again(world: World, copies: int = 1) -> list[dict[str, Any]]:
    """Return the messages of the buffer as a second poller would hand them over."""
    for message in world.sqs.queue(BUFFER):
        message.receive_count += copies
    return [message.to_record() for message in world.sqs.queue(BUFFER)]


def test_a_second_worker_leaves_a_record_in_flight_alone() -> None:
    answers: list[dict[str, Any]] = []
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        if len(runs) == 1:
            answers.append(world.invoke(delivered_again(world)))
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    assert answers == [{"batchItemFailures": [{"itemIdentifier": "message-1"}]}]
    assert runs == ["message-1.1"]
    assert world.statuses() == ["succeeded"]


def test_a_worker_whose_lease_ran_out_cannot_complete_over_a_newer_one() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(world.timeout + 3)
            world.invoke(delivered_again(world))
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    answer = world.deliver()
    assert runs == ["message-1.1", "message-1.2"]
    assert [entry.run_id for entry in world.entries(Status.SUCCEEDED)] == ["message-1.2"]
    assert len(world.landed()) == 1
    assert len(answer["batchItemFailures"]) == 1


def test_a_late_worker_that_fails_does_not_free_the_record_of_a_newer_one() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(world.timeout + 3)
            world.invoke(delivered_again(world))
            raise Recoverable("late")
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.deliver()
    (claim,) = world.dynamodb.items(STATE)
    assert claim["lease_id"] == {"S": "lease-2"}
    assert claim["lease_until"] != {"N": "0"}
    world.until_quiet()
    assert runs == ["message-1.1", "message-1.2"]
    assert len(world.landed()) == 1


def test_a_worker_that_lands_before_its_lease_is_taken_stays_the_only_effect() -> None:
    """The second worker reads an expired claim, the first completes, and then the second takes the claim over."""
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.calls.plan = at(2, Fault.KILLED_AFTER)
    with pytest.raises(Crash):
        world.deliver()
    world.clock.advance(world.timeout + 3)
    hidden = dict(world.dynamodb.tables["ledger"])
    world.dynamodb.tables["ledger"].clear()

    def reappears(index: int, name: str) -> None:
        if name == "BatchExecuteStatement" and world.calls.names[-1] == "BatchGetItem":
            world.dynamodb.tables["ledger"].update(hidden)

    world.calls.plan = reappears
    world.until_quiet()
    assert runs == ["message-1.1"]
    assert len(world.entries(Status.SUCCEEDED)) == 1
    assert len(world.entries(Status.DUPLICATE)) == 1


def test_an_answer_lost_after_the_claim_is_no_failure() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.dynamodb.sends_twice = True
    assert world.deliver() == {"batchItemFailures": []}
    assert world.statuses() == ["succeeded"]
    assert len(world.landed()) == 1


def test_an_answer_lost_after_a_take_over_is_no_failure() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.calls.plan = at(1, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.deliver()
    world.calls.plan = lambda index, name: None
    world.clock.advance(world.sqs.visibility_timeout)
    world.dynamodb.sends_twice = True
    assert world.deliver() == {"batchItemFailures": []}
    assert world.statuses() == ["succeeded"]


def test_an_uncertain_completion_keeps_its_claim_and_is_settled_by_the_next_attempt() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        put(order, run)

    world = World(handler)
    (message,) = world.send({"order_id": "o-1"})
    world.calls.plan = at(2, Fault.LOST_ANSWER)
    assert len(world.deliver()["batchItemFailures"]) == 1
    assert world.sqs.delays[message.id] == world.timeout + 2
    (claim,) = world.dynamodb.items(STATE)
    assert claim["lease_until"] != {"N": "0"}
    world.until_quiet()
    assert runs == ["message-1.1"]
    assert len(world.landed()) == 1


def test_a_statement_that_is_throttled_inside_a_good_answer_fails_its_record_alone() -> None:
    world = World()
    messages = world.send(*({"order_id": f"o-{number}"} for number in range(3)))
    tokens = {message.id: message for message in messages}
    refused: list[str] = []

    def refuse(table: str, item: Any) -> str | None:
        if table == "state" and not refused:
            refused.append(item["pk"]["S"])
            return "ThrottlingError"
        return None

    world.dynamodb.refuse = refuse
    (failed,) = world.deliver()["batchItemFailures"]
    assert failed["itemIdentifier"] in tokens
    assert len(world.landed()) == 2
    assert [entry.error_type for entry in world.entries(Status.FAILED)] == ["ThrottlingError"]


def test_a_ledger_statement_that_is_throttled_leaves_its_record_on_the_queue() -> None:
    world = World()
    world.send(*({"order_id": f"o-{number}"} for number in range(3)))
    refused: list[str] = []

    def refuse(table: str, item: Any) -> str | None:
        if table == "ledger" and not refused:
            refused.append(item["pk"]["S"])
            return "ThrottlingError"
        return None

    world.dynamodb.refuse = refuse
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    assert len(world.landed()) == 2
    world.until_quiet()
    assert len(world.landed()) == 3


def test_keys_left_unread_fail_their_records() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.deliver()
    world.send({"order_id": "o-1"})
    world.dynamodb.unprocessed = True
    assert len(world.deliver()["batchItemFailures"]) == 1
    world.dynamodb.unprocessed = False
    world.until_quiet()
    assert len(world.landed()) == 1


def test_a_raw_store_that_is_down_ends_in_the_dead_letter_queue_and_a_replay_lands_once() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.calls.plan = always("PutObject")
    world.until_quiet()
    (letter,) = world.dead_letters()
    assert world.landed() == []
    assert {entry.error_type for entry in world.entries()} == {"InternalServerError"}
    world.calls.plan = lambda index, name: None
    world.sqs.put(BUFFER, letter.body)
    world.sqs.put(BUFFER, letter.body)
    world.until_quiet()
    assert len(world.landed()) == 1


@pytest.mark.parametrize("error", [Permanent("never"), Recoverable("later"), ValueError("a fault")])
def test_a_worker_that_fails_after_its_lease_gives_up_nothing_and_says_nothing_of_a_record_that_landed(
    error: Exception,
) -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(world.timeout + 3)
            world.invoke(delivered_again(world))
            raise error
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    answer = world.deliver()
    assert world.statuses() == ["succeeded"]
    assert world.dead_letters() == []
    assert len(answer["batchItemFailures"]) == 1
    world.until_quiet()
    assert world.statuses() == ["duplicate", "succeeded"]
