"""Executions in memory, as far as the function that starts them sees: what was started under which name."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import client_error
from constructs_lib.drills.memory.limits import require
from functions.contract.workflow import MAX_EXECUTION_NAME, MAX_STATE_BYTES, RUN

if TYPE_CHECKING:
    from constructs_lib.drills.memory.faults import Calls
    from constructs_lib.drills.memory.sent import Sent


@dataclass
class MemoryExecutions:
    """Executions by state machine and name; none of them does anything, and each express one ends well at once."""

    calls: Calls
    sent: Sent
    started: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)

    def start_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:
        """Start one, once for each name."""
        with self.calls.call("StartExecution", stateMachineArn):
            if (stateMachineArn, name) in self.started:
                raise client_error("ExecutionAlreadyExists")
            return {"executionArn": self._start(stateMachineArn, name, input)}

    def start_sync_execution(self, *, stateMachineArn: str, name: str, input: str) -> dict[str, Any]:
        """Start one that has ended when the call returns; its name may be used again."""
        with self.calls.call("StartSyncExecution", stateMachineArn):
            return {"executionArn": self._start(stateMachineArn, name, input), "status": "SUCCEEDED", "output": "null"}

    def stands(self, place: str) -> bool:
        """Return whether a place that the ledger names is an execution: its ARN, or machine and name."""
        return any(place in (_arn(*key), "#".join(key)) for key in self.started)

    def _start(self, machine: str, name: str, given: str) -> str:
        require(0 < len(name) <= MAX_EXECUTION_NAME, f"a name has 1 to {MAX_EXECUTION_NAME} characters")
        require(len(given.encode()) <= MAX_STATE_BYTES, "an input has 256 KiB")
        told = json.loads(given)
        self.started[(machine, name)] = told
        self.sent.note(machine, name, told[RUN]["payload_hash"])
        return _arn(machine, name)


def _arn(machine: str, name: str) -> str:
    return f"arn:execution:{machine}:{name}"
