"""The runs of a deployed workflow: what the ledger says of each and of its steps, and its executions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.contract.ledger import Status
from functions.contract.workflow import execution_name

if TYPE_CHECKING:
    from constructs_lib.local.aws import LocalAws
    from constructs_lib.local.evidence import Evidence
    from functions.contract.ledger import LedgerEntry

_ENDS = {Status.SUCCEEDED, Status.DEAD_LETTERED}


@dataclass(frozen=True)
class Execution:
    """How one execution stands; ``error`` and ``cause`` are of a failed one, ``output`` of one that succeeded."""

    status: str
    error: str | None
    cause: str | None
    output: Any
    states: tuple[str, ...]
    """The outermost states that it has entered, in order; the emulator tells none of branches and items."""


class WorkflowRuns:
    """Looks at the runs of one pipeline's workflow."""

    def __init__(self, aws: LocalAws, evidence: Evidence) -> None:
        """Look at the state machine of the pipeline's plan."""
        self._aws = aws
        self._evidence = evidence

    def wait_until_ended(self, token: str, seconds: float = 60) -> Status:
        """Wait until the ledger says how the run of a record ended, and return that.

        Raises:
            UserError: ``local-wait-over`` when it does not end.
        """
        ended: list[Status] = []

        def has_ended() -> bool:
            end = self.end(token)
            ended.extend([end.status] if end else [])
            return bool(ended)

        self._evidence.wait_until(f"the run {token} ended", has_ended, seconds)
        return ended[0]

    def end(self, token: str) -> LedgerEntry | None:
        """Return the last entry that says how the run ended, not one of its items; None while it goes on."""
        entries = reversed(self._evidence.entries(token))
        return next((entry for entry in entries if entry.status in _ENDS and entry.step is None), None)

    def steps(self, token: str) -> tuple[tuple[str, Status], ...]:
        """Return what the ledger says of the steps of a run, oldest first: path, and what came of the try."""
        starts = {entry.run_id for entry in self._evidence.entries(token)}
        entries = self._evidence.every_entry()
        of_run = (entry for entry in entries if starts & {entry.parent_run_id, entry.run_id})
        return tuple((entry.step, entry.status) for entry in of_run if entry.step)

    def execution(self, token: str, redrive: int = 0) -> Execution:
        """Return how an execution stands; raises ``ClientError`` when there is none."""
        states, arn = self._aws.client("stepfunctions"), self._arn(token, redrive)
        found = states.describe_execution(executionArn=arn)
        entered = (
            event["stateEnteredEventDetails"]["name"]
            for page in states.get_paginator("get_execution_history").paginate(executionArn=arn)
            for event in page["events"]
            if "stateEnteredEventDetails" in event
        )
        output = found["output"] if found["status"] == "SUCCEEDED" else None
        return Execution(
            found["status"],
            found.get("error"),
            found.get("cause"),
            json.loads(output) if output else None,
            tuple(entered),
        )

    def has_started(self, token: str, redrive: int = 0) -> bool:
        """Return whether there is an execution of a run."""
        try:
            self._aws.client("stepfunctions").describe_execution(executionArn=self._arn(token, redrive))
        except ClientError as error:
            if error.response["Error"]["Code"] != "ExecutionDoesNotExist":
                raise
            return False
        return True

    def stop(self, token: str) -> None:
        """Abort the execution of a run, as an operator may; it ends without a state of its own."""
        arn = self._arn(token, 0)
        self._aws.client("stepfunctions").stop_execution(executionArn=arn, error="Aborted", cause="by hand")

    def _arn(self, token: str, redrive: int) -> str:
        machine = self._evidence.plan.state_machine
        if machine is None:
            raise ValueError(f"{self._evidence.plan.pipeline} has no workflow")
        name = f"{machine.name}:{execution_name(token, redrive)}"
        return self._aws.resolve(
            f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:execution:{name}"
        )
