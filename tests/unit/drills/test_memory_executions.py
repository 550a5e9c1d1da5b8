"""Executions in memory are started once for each name, as Step Functions does, and refuse what it refuses."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from constructs_lib.drills.memory.executions import MemoryExecutions
from constructs_lib.drills.memory.faults import Calls
from constructs_lib.drills.memory.limits import OutsideLimits
from constructs_lib.drills.memory.sent import Sent

MACHINE = "arn:machine"


def given(payload: str = "p") -> str:
    return json.dumps({"run": {"payload_hash": payload}})


def test_a_name_starts_one_execution_and_another_machine_has_names_of_its_own() -> None:
    executions = MemoryExecutions(Calls(), Sent())
    executions.start_execution(stateMachineArn=MACHINE, name="one", input=given())
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        executions.start_execution(stateMachineArn=MACHINE, name="one", input=given())
    executions.start_execution(stateMachineArn="arn:other", name="one", input=given())
    assert list(executions.started) == [(MACHINE, "one"), ("arn:other", "one")]
    places = (f"{MACHINE}#one", f"arn:execution:{MACHINE}:one", f"{MACHINE}#two", "")
    assert [executions.stands(place) for place in places] == [True, True, False, False]


def test_an_express_execution_may_start_again_and_another_payload_under_its_name_is_told() -> None:
    executions = MemoryExecutions(Calls(), Sent())
    for payload in ("p", "p"):
        ended = executions.start_sync_execution(stateMachineArn=MACHINE, name="one", input=given(payload))
        assert ended["status"] == "SUCCEEDED"
    assert not executions.sent.differing()
    executions.start_sync_execution(stateMachineArn=MACHINE, name="one", input=given("q"))
    assert executions.sent.differing() == [f"{MACHINE} one"]


@pytest.mark.parametrize(("name", "text"), [("n" * 81, given()), ("one", given("p" * 262_144))])
def test_what_step_functions_does_not_take_is_refused(name: str, text: str) -> None:
    executions = MemoryExecutions(Calls(), Sent())
    with pytest.raises(OutsideLimits):
        executions.start_execution(stateMachineArn=MACHINE, name=name, input=text)
    assert not executions.started
