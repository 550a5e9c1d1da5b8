"""What counts as an attempt: tries that were made, by whichever worker, and no delivery that was none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, always, at
from functions.contract.ledger import Status
from functions.contract.message import FAILURE, REPLAY, Failure, Replay
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import BUFFER, SETTINGS, STATE, World, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.ledger import LedgerEntry


def failing(order: Any, run: Run) -> None:
    raise Recoverable("later")


def crashing(poison: str) -> Callable[[Any, Run], None]:
    """Return a handler that ends its process at one record."""

    def handler(order: Any, run: Run) -> None:
        if order["order_id"] == poison:
            raise KeyboardInterrupt
        put(order, run)

    return handler


def until_quiet(world: World) -> None:
    """Deliver although workers die, until nothing is on the buffer."""
    for _ in range(200):
        if not world.sqs.queue(BUFFER):
            return
        soonest = min(message.visible_at for message in world.sqs.queue(BUFFER))
        world.clock.advance(max(0.0, soonest - world.clock.now()) + 0.001)
        try:
            world.deliver()
        except (Crash, KeyboardInterrupt):
            world.clock.advance(1)
    raise AssertionError("still on the buffer")


def letters(world: World) -> dict[str, Failure]:
    return {m.body: Failure.from_json(m.attributes[FAILURE]["StringValue"]) for m in world.dead_letters()}


def test_a_record_that_fails_is_tried_as_often_as_its_budget_says() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert [entry.attempt for entry in world.entries()] == [1, 2, 3, 4, 5]
    assert len(world.dead_letters()) == 1


def test_deliveries_that_were_no_attempts_cost_nothing() -> None:
    world = World(failing, timeout=0.9)
    (message,) = world.send({"order_id": "o-1"})
    for _ in range(20):
        world.deliver()
    assert (message.receive_count, world.entries()) == (20, [])
    world.timeout = 30
    world.until_quiet()
    assert [entry.attempt for entry in world.entries()] == [1, 2, 3, 4, 5]


def test_a_claim_that_cannot_be_written_is_no_attempt() -> None:
    world = World()
    world.send({"order_id": "o-1"})
    world.calls.plan = lambda index, name: Fault.REFUSED if index < 20 and name == "BatchExecuteStatement" else None
    world.until_quiet()
    assert [entry.attempt for entry in world.entries(Status.SUCCEEDED)] == [1]
    assert {entry.attempt for entry in world.entries(Status.FAILED)} <= {0}


def test_a_record_that_ends_every_worker_is_given_up_with_a_reason_and_takes_no_neighbour_along() -> None:
    world = World(crashing("o-4"))
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    until_quiet(world)
    ((body, failure),) = letters(world).items()
    assert "o-4" in body
    assert (failure.error_type, failure.reason) == ("WorkerDied", "retries-exhausted")
    assert len(world.landed()) == 9
    assert [entry.status for entry in world.entries() if entry.run_token == failure.run_token] == [Status.DEAD_LETTERED]


def test_with_two_attempts_the_second_is_made_apart_so_that_no_neighbour_is_given_up() -> None:
    world = World(crashing("o-4"), retry=replace(SETTINGS.retry, max_attempts=2))
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    until_quiet(world)
    assert [failure.error_type for failure in letters(world).values()] == ["WorkerDied"]
    assert {entry.attempt for entry in world.entries(Status.SUCCEEDED)} == {2}
    assert len(world.landed()) == 9


def test_two_records_that_end_every_worker_are_told_apart_from_the_rest() -> None:
    world = World(lambda order, run: crashing(order["order_id"] if "bad" in order else "")(order, run))
    world.send(*({"order_id": f"o-{number}", **({"bad": 1} if number in (2, 7) else {})} for number in range(10)))
    until_quiet(world)
    assert {failure.error_type for failure in letters(world).values()} == {"WorkerDied"}
    assert len(world.dead_letters()) == 2
    assert len(world.landed()) == 8


def test_a_worker_that_is_killed_once_costs_each_record_one_attempt() -> None:
    world = World()
    world.send(*({"order_id": f"o-{number}"} for number in range(3)))
    world.calls.plan = at(1, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.deliver()
    world.until_quiet()
    assert [entry.attempt for entry in world.entries()] == [2, 2, 2]


def test_a_replay_has_a_budget_of_its_own_and_follows_the_entry_of_the_operator() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    (letter,) = world.dead_letters()
    sign = Replay(parent_run_id="message-1.5", replayed_by="me", replayed_at="now", previous_hash="a" * 64)
    world.sqs.put(BUFFER, letter.body, {REPLAY: {"DataType": "String", "StringValue": sign.to_json()}})
    world.until_quiet()
    again = world.entries()[5:]
    assert [entry.attempt for entry in again] == [1, 2, 3, 4, 5]
    assert again[0].previous_hash == "a" * 64
    assert_follows(again)


def assert_follows(entries: list[LedgerEntry]) -> None:
    assert [entry.previous_hash for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]


def test_every_entry_follows_the_one_before_it() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    entries = world.entries()
    assert entries[0].previous_hash is None
    assert_follows(entries)


def test_a_duplicate_follows_the_completion_that_it_repeats() -> None:
    world = World()
    world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    world.deliver()
    world.send({"order_id": "o-1"})
    world.deliver()
    landed, twin, later = world.entries()
    assert (landed.previous_hash, twin.previous_hash, later.previous_hash) == (None, landed.hash, landed.hash)


def test_an_attempt_whose_outcome_could_not_be_recorded_leaves_the_head_as_it_was() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"})
    world.dynamodb.refuse = lambda table, item: "ThrottlingError" if table == "ledger" else None
    world.deliver()
    world.dynamodb.refuse = lambda table, item: None
    world.until_quiet()
    entries = world.entries()
    assert [(entry.attempt, entry.previous_hash is None) for entry in entries[:2]] == [(2, True), (3, False)]


def test_when_the_dead_letter_queue_is_down_no_further_attempt_is_made() -> None:
    runs: list[int] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.attempt)
        raise Recoverable("later")

    world = World(handler)
    world.send({"order_id": "o-1"})
    world.calls.plan = always("SendMessageBatch")
    for _ in range(8):
        world.clock.advance(1000)
        world.deliver()
    assert runs == [1, 2, 3, 4, 5]
    world.calls.plan = lambda index, name: None
    world.until_quiet()
    ((_, failure),) = letters(world).items()
    assert failure.error_type == "NotTried"


def test_two_messages_of_one_run_that_take_turns_are_each_tried_as_often_as_the_budget_says() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    until_quiet_one_by_one(world)
    tried = [entry.run_id.partition(".")[0] for entry in world.entries() if entry.error_type == "Recoverable"]
    assert {message: tried.count(message) for message in tried} == {"message-1": 5, "message-2": 5}
    assert len(world.dead_letters()) == 2


def until_quiet_one_by_one(world: World) -> None:
    """Deliver each message for itself, always the one that has waited longest."""
    while waiting := world.sqs.queue(BUFFER):
        waiting.sort(key=lambda message: message.visible_at)
        world.clock.advance(max(0.0, waiting[0].visible_at - world.clock.now()) + 0.001)
        world.deliver(1)


def test_a_letter_that_the_ledger_could_not_be_told_of_is_told_of_later_and_sent_once() -> None:
    runs: list[int] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.attempt)
        raise Permanent("never")

    world = World(handler)
    (message,) = world.send({"order_id": "o-1"})
    world.dynamodb.refuse = lambda table, item: "ThrottlingError" if table == "ledger" else None
    assert world.deliver() == {"batchItemFailures": [{"itemIdentifier": message.id}]}
    world.dynamodb.refuse = lambda table, item: None
    world.until_quiet()
    assert runs == [1]
    assert len(world.dead_letters()) == 1
    (entry,) = world.entries()
    assert (entry.status, entry.attempt, entry.error_type) == (Status.DEAD_LETTERED, 1, "GivenUpBefore")


def test_many_messages_of_one_run_are_each_tried_as_often_as_the_budget_says_and_no_more() -> None:
    world = World(failing)
    world.send(*[{"order_id": "o-1"}] * 15)
    until_quiet_one_by_one(world)
    tried = Counter(entry.run_id.partition(".")[0] for entry in world.entries() if entry.error_type == "Recoverable")
    assert tried == {f"message-{number}": 5 for number in range(1, 16)}
    assert len(world.dead_letters()) == 15


def test_a_message_that_was_forgotten_is_tried_once_more_however_often_it_was_delivered() -> None:
    world = World(failing)
    world.send(*[{"order_id": "o-1"}] * 15)
    until_each_was_delivered(world)
    for message in world.sqs.queue(BUFFER):
        message.receive_count = 50
    until_quiet_one_by_one(world)
    tried = Counter(entry.run_id.partition(".")[0] for entry in world.entries() if entry.error_type == "Recoverable")
    assert tried == {f"message-{number}": 2 for number in range(1, 16)}


def until_each_was_delivered(world: World) -> None:
    for message in list(world.sqs.queue(BUFFER)):
        world.invoke([message.to_record()])
        message.visible_at = world.clock.now()


def test_another_message_of_the_run_makes_nobody_forget_that_a_letter_stands() -> None:
    """The first message comes again when the second has had its turn: there is one letter of each."""

    def handler(order: Any, run: Run) -> None:
        raise Permanent("never")

    world = World(handler)
    first, second = world.send({"order_id": "o-1"}, {"order_id": "o-1"})
    world.dynamodb.refuse = lambda table, item: "ThrottlingError" if table == "ledger" else None
    for message in (first, second):
        world.invoke([message.to_record()])
    world.dynamodb.refuse = lambda table, item: None
    for message in (first, second, first):
        message.receive_count += 1
        assert world.invoke([message.to_record()]) == {"batchItemFailures": []}
    assert len(world.dead_letters()) == 2
    assert [entry.error_type for entry in world.entries(Status.DEAD_LETTERED)] == ["GivenUpBefore"] * 3


def test_a_claim_of_a_newer_version_is_followed_without_what_it_adds() -> None:
    world = World(failing)
    world.send({"order_id": "o-1"})
    world.deliver()
    (item,) = world.dynamodb.items(STATE)
    item["about"]["S"] = json.dumps({**json.loads(item["about"]["S"]), "newer": 1})
    world.until_quiet()
    assert [entry.attempt for entry in world.entries()] == [1, 2, 3, 4, 5]


def test_a_letter_whose_entry_stands_in_the_ledger_is_told_of_once_although_no_answer_came() -> None:
    def handler(order: Any, run: Run) -> None:
        raise Permanent("never")

    world = World(handler)
    (message,) = world.send({"order_id": "o-1"})
    world.dynamodb.sends_twice = True
    world.invoke([message.to_record()])
    world.dynamodb.sends_twice = False
    world.until_quiet()
    assert [entry.status.value for entry in world.entries()] == ["dead_lettered", "duplicate"]
    assert len(world.dead_letters()) == 1


@pytest.mark.parametrize(("age", "letters_left"), [(899, 0), (900, 1)])
def test_a_record_is_given_up_before_its_queue_forgets_it(age: int, letters_left: int) -> None:
    world = World(failing)
    world.settings = replace(world.settings, retry=replace(world.settings.retry, keep_seconds=1000))
    world.send({"order_id": "o-1"})
    world.clock.advance(age)
    world.deliver()
    assert len(world.dead_letters()) == letters_left
