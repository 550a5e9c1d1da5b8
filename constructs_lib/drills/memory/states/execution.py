"""One execution, and what is known of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.functions import timestamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.drills.memory.states.scheduler import Process, Signal

RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED = "RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"


@dataclass
class Execution:
    """One run of a state machine; times in seconds since 1970."""

    arn: str
    name: str
    machine: str
    input: Any
    started: float
    definition: Mapping[str, Any]
    status: str = RUNNING
    output: Any = None
    error: str | None = None
    cause: str | None = None
    stopped: float | None = None
    processes: list[Process] = field(default_factory=list)
    ended: list[Signal] = field(default_factory=list)
    """What is fired at its end."""

    @property
    def elapsed(self) -> float:
        """Seconds that it took; of one that runs, none yet."""
        return (self.stopped or self.started) - self.started

    def context(self) -> dict[str, Any]:
        """Return what the context object says of it."""
        return {
            "Execution": {
                "Id": self.arn,
                "Input": self.input,
                "Name": self.name,
                "RoleArn": "arn:aws:iam::111122223333:role/states",
                "StartTime": timestamp(self.started),
                "RedriveCount": 0,
            },
            "StateMachine": {"Id": self.machine, "Name": self.machine.rpartition(":")[2]},
        }

    def described(self) -> dict[str, Any]:
        """Return what DescribeExecution tells, with input and output as JSON texts."""
        told: dict[str, Any] = {
            "ExecutionArn": self.arn,
            "Input": json.dumps(self.input),
            "InputDetails": {"Included": True},
            "Name": self.name,
            "StartDate": timestamp(self.started),
            "StateMachineArn": self.machine,
            "Status": self.status,
        }
        if self.stopped is not None:
            told["StopDate"] = timestamp(self.stopped)
        if self.status == SUCCEEDED:
            told |= {"Output": json.dumps(self.output), "OutputDetails": {"Included": True}}
        elif self.error is not None:
            told |= {"Error": self.error, "Cause": self.cause}
        return told
