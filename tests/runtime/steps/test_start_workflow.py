"""A record is handed over to its workflow once, whatever happens, and a replay of its letter starts it again."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.ledger import Status
from functions.contract.message import LARGE_BODY, REPLAY, Replay
from functions.contract.workflow import MAX_RESULT_BYTES, MAX_STATE_BYTES, execution_name
from tests.runtime.fakes import BUFFER
from tests.runtime.steps.started import Starting

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import Message

ORDER = {"order_id": "o-1", "total": 3}


def started(world: Starting) -> dict[str, Any]:
    (given,) = world.states.executions.values()
    return given


def replay(world: Starting, letter: dict[str, Any]) -> Message:
    """Send a letter again as ``pipelines replay`` does."""
    sign = Replay(parent_run_id="token-0", replayed_by="me", replayed_at="now", previous_hash="a" * 64)
    told = {REPLAY: {"DataType": "String", "StringValue": sign.to_json()}}
    return world.sqs.put(BUFFER, letter["body"], {**letter["attributes"], **told}, None)


def test_a_record_becomes_an_execution_that_knows_whose_run_it_is() -> None:
    world = Starting()
    (message,) = world.send(ORDER, path={"shop": "s"})
    world.deliver()
    (entry,) = world.entries()
    given = started(world)
    assert list(world.states.executions) == [execution_name(entry.run_token)]
    assert given["record"] == {"body": ORDER, "path": {"shop": "s"}}
    assert given["run"]["token"] == entry.run_token
    assert (given["run"]["run_id"], given["run"]["redrive"]) == (f"{message.id}.1", 0)
    assert given["letter"]["body"] == json.dumps(ORDER)
    assert given["letter"]["attributes"]["path.shop"]["StringValue"] == "s"


def test_that_it_was_started_completes_the_record_here() -> None:
    world = Starting()
    world.send(ORDER)
    world.deliver()
    world.send(ORDER)
    world.deliver()
    assert world.statuses() == ["duplicate", "started"]
    assert len(world.states.executions) == 1


def test_a_good_batch_takes_two_calls_and_one_for_each_execution() -> None:
    world = Starting()
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    world.deliver()
    assert len(world.calls.names) == 2 + 10


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(5))
def test_a_fault_at_any_call_starts_no_record_twice_and_loses_none(fault: Fault, index: int) -> None:
    world = Starting()
    world.send(*({"order_id": f"o-{number}"} for number in range(3)))
    world.calls.plan = at(index, fault)
    try:
        world.deliver()
    except Crash:
        world.clock.advance(1)
    world.until_quiet()
    assert len(world.entries(Status.STARTED)) == 3
    assert {execution_name(entry.run_token) for entry in world.entries(Status.STARTED)} == set(world.states.executions)


def test_where_no_more_executions_are_taken_records_wait_without_spending_a_try() -> None:
    world = Starting()
    world.states.codes = ["ThrottlingException", "ExecutionLimitExceeded"]
    world.send(*({"order_id": f"o-{number}"} for number in range(3)))
    world.deliver()
    assert world.calls.names.count("StartExecution") == 1
    assert not world.entries()
    world.until_quiet()
    assert [entry.attempt for entry in world.entries(Status.STARTED)] == [1, 1, 1]


def test_an_execution_that_can_never_be_started_gives_the_record_up() -> None:
    world = Starting()
    world.states.codes = ["ValidationException"]
    world.send(ORDER)
    world.deliver()
    assert world.statuses() == ["dead_lettered"]


def test_a_large_record_fits_into_the_input_and_its_letter_is_the_same_record_again() -> None:
    world = Starting()
    world.send({**ORDER, "page": "x" * 600_000})
    world.deliver()
    given = started(world)
    assert len(json.dumps(given)) < MAX_STATE_BYTES
    assert len(json.dumps(given["record"])) <= 2 * MAX_RESULT_BYTES
    assert given["record"]["body"]["order_id"] == "o-1"
    assert LARGE_BODY in given["letter"]["attributes"]
    replay(world, given["letter"])
    world.deliver()
    first, second = world.states.executions.values()
    assert second["run"]["token"] == first["run"]["token"]
    assert second["run"]["payload_hash"] == first["run"]["payload_hash"]


def test_a_letter_whose_body_cannot_be_read_now_comes_again_and_one_whose_body_is_gone_is_kept() -> None:
    world = Starting()
    world.send({**ORDER, "page": "x" * 600_000})
    world.deliver()
    letter = started(world)["letter"]
    replay(world, letter)
    world.calls.plan = lambda index, name: Fault.REFUSED if name == "GetObject" else None
    assert world.deliver()["batchItemFailures"]
    world.calls.plan = lambda index, name: None
    world.s3.objects.clear()
    world.until_quiet()
    assert world.statuses() == ["quarantined", "started"]


def test_a_replay_of_a_run_that_did_not_succeed_starts_again_once() -> None:
    world = Starting()
    world.send(ORDER)
    world.deliver()
    replay(world, started(world)["letter"])
    world.deliver()
    first, second = world.states.executions.values()
    assert (second["run"]["parent_run_id"], second["run"]["head"]) == ("token-0", "a" * 64)
    assert (second["run"]["token"], second["run"]["redrive"]) == (first["run"]["token"], 1)
    assert world.statuses() == ["redriven", "started"]


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(5))
def test_a_fault_while_a_run_is_started_again_starts_it_once(fault: Fault, index: int) -> None:
    world = Starting()
    world.send(ORDER)
    world.deliver()
    replay(world, started(world)["letter"])
    calls = len(world.calls.names)
    world.calls.plan = at(calls + index, fault)
    try:
        world.deliver()
    except Crash:
        world.clock.advance(1)
    world.until_quiet()
    assert len(world.states.executions) == 2
    assert world.entries(Status.REDRIVEN)


def test_a_replay_of_a_run_that_has_succeeded_since_is_a_duplicate() -> None:
    world = Starting()
    world.send(ORDER)
    world.deliver()
    (entry,) = world.entries()
    succeeded = world.services().ledger.insert([replace(entry, status=Status.SUCCEEDED)])
    assert succeeded[0].done
    replay(world, started(world)["letter"])
    world.deliver()
    assert len(world.states.executions) == 1
    assert world.statuses() == ["duplicate", "started", "succeeded"]
