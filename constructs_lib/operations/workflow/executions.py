"""Executions of one state machine by their names, with an operator's credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"
_GONE = "ExecutionDoesNotExist"
_NUMBER = re.compile(r"-([0-9]+)$")


@dataclass(frozen=True)
class Execution:
    """One execution, while its history is kept: 90 days after its end (Step Functions quotas)."""

    name: str
    status: str
    """In the words of Step Functions: ``RUNNING``, ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``."""
    input: str
    started: datetime


@dataclass(frozen=True)
class Executions:
    """Executions that ``state_machine``, the ARN of an alias or of a state machine, starts; ``states`` is a client."""

    states: Any
    state_machine: str

    def of(self, names: Iterable[str]) -> Iterator[Execution]:
        """Yield the executions of these names that are known, a call for each."""
        for name in names:
            found = self._describe(name)
            if found is not None:
                yield found

    def running(self, beginning: str) -> Iterator[str]:
        """Yield the names, of executions that still run, which begin so: a call for each thousand that run."""
        pages = self.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.state_machine, statusFilter=RUNNING
        )
        found = (execution["name"] for page in pages for execution in page["executions"])
        yield from (name for name in found if name.startswith(beginning))

    def start(self, name: str, text: str) -> None:
        """Start an execution; with a name and an input that are going on already nothing happens."""
        self.states.start_execution(stateMachineArn=self.state_machine, name=name, input=text)

    def _describe(self, name: str) -> Execution | None:
        try:
            told = self.states.describe_execution(executionArn=self._arn(name))
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != _GONE:
                raise
            return None
        return Execution(name, told["status"], told.get("input") or "", told["startDate"])

    def _arn(self, name: str) -> str:
        """An alias, which stands behind the name of its state machine, has no part in the ARN of an execution."""
        parts = self.state_machine.split(":")
        return ":".join([*parts[:5], "execution", parts[6], name])


def number_of(name: str) -> int:
    """Return which redrive an execution is by its name; 0 for the first, and for a replayed letter's."""
    found = _NUMBER.search(name)
    return int(found[1]) if found else 0
