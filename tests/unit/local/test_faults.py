"""Faults strike the calls that they describe, as often as they say, while they are in force."""

from __future__ import annotations

import json

import pytest

from constructs_lib.local.calls import Call
from constructs_lib.local.faults import Action, Fault, FaultBoard
from constructs_lib.local.statements import Statement

PUT = Call("s3", "PutObject", "raw-bucket", "key", function="land", key="raw/shop/1")
INSERT = Call("dynamodb", "BatchExecuteStatement", "ledger", "key", statements=(Statement("Insert", "ledger", "p"),))


@pytest.mark.parametrize(
    ("fault", "call", "matches"),
    [
        (Fault(service="s3", action=Action.ANSWER), PUT, True),
        (Fault(service="sqs", action=Action.ANSWER), PUT, False),
        (Fault(service="s3", action=Action.ANSWER, operation="GetObject"), PUT, False),
        (Fault(service="s3", action=Action.ANSWER, resource="raw-bucket"), PUT, True),
        (Fault(service="s3", action=Action.ANSWER, resource="other"), PUT, False),
        (Fault(service="s3", action=Action.ANSWER, key_prefix="raw/"), PUT, True),
        (Fault(service="s3", action=Action.ANSWER, key_prefix="quarantine/"), PUT, False),
        (Fault(service="s3", action=Action.ANSWER, function="verify"), PUT, False),
        (Fault(service="dynamodb", action=Action.ANSWER, verb="Insert"), INSERT, True),
        (Fault(service="dynamodb", action=Action.ANSWER, verb="Update"), INSERT, False),
        (Fault(service="dynamodb", action=Action.ANSWER, run_token="p"), INSERT, True),
        (Fault(service="dynamodb", action=Action.ANSWER, run_token="q"), INSERT, False),
    ],
)
def test_a_fault_strikes_what_it_describes_and_nothing_else(fault: Fault, call: Call, matches: bool) -> None:
    assert fault.matches(call) is matches


def test_a_fault_skips_the_first_calls_and_strikes_so_many_times() -> None:
    board = FaultBoard()
    with board.active(Fault(service="s3", action=Action.DROP_AFTER, skip=1, times=2)) as active:
        struck = [board.strike(PUT) is not None for _ in range(5)]
    assert struck == [False, True, True, False, False]
    assert (active.met, active.fired, active.happened.is_set()) == (5, 2, True)


def test_a_fault_is_over_with_its_context() -> None:
    board = FaultBoard()
    with board.active(Fault(service="s3", action=Action.ANSWER)):
        assert board.strike(PUT) is not None
    assert board.strike(PUT) is None


def test_an_error_is_written_in_the_protocol_of_its_service() -> None:
    kind, body = Fault(service="s3", action=Action.ANSWER, code="SlowDown").body()
    assert kind == "application/xml"
    assert b"<Code>SlowDown</Code>" in body
    kind, body = Fault(service="dynamodb", action=Action.ANSWER, code="InternalServerError").body()
    assert (kind, json.loads(body)["__type"]) == ("application/x-amz-json-1.0", "InternalServerError")
