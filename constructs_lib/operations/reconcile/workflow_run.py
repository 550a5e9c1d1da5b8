"""Records that a workflow was started for: what came of them is told when its executions end."""

from __future__ import annotations

from dataclasses import dataclass

from functions.contract.ledger import LedgerEntry, Status

OPEN = "open"
"""The workflow still runs."""


@dataclass
class WorkflowRun:
    """What the ledger says of one run of a workflow; entries are told in the order in which they were recorded."""

    run_token: str
    started_at: str = ""
    """When it was started, or redriven last: ISO 8601 in UTC."""
    succeeded: bool = False
    given_up_as: str = ""
    """Name of the execution that ended badly, while none goes on."""

    def told(self, entry: LedgerEntry) -> None:
        """Take in an entry of the run itself."""
        if entry.status in {Status.STARTED, Status.REDRIVEN}:
            self.started_at = entry.recorded_at
        if entry.status is Status.REDRIVEN:
            self.given_up_as = ""
        if entry.status is Status.SUCCEEDED:
            self.succeeded = True
        if entry.status is Status.DEAD_LETTERED:
            self.given_up_as = entry.run_id


def is_end_of_run(entry: LedgerEntry) -> bool:
    """Return whether an entry ends a workflow: its run id is the name of the execution, which begins with the token.

    ``failed`` is the bad end of a run that a step of another workflow has started.
    """
    return (
        entry.step is None
        and entry.status in {Status.SUCCEEDED, Status.DEAD_LETTERED, Status.FAILED}
        and entry.run_id.startswith(entry.run_token)
    )


def is_redrive(entry: LedgerEntry) -> bool:
    """Return whether an operator redrove a run; a letter that came back and started its run again has its message."""
    return entry.status is Status.REDRIVEN and entry.run_id.startswith(entry.run_token)


def message_of(run_id: str) -> str:
    """Return the id of the message that a run is an attempt at; the run id itself where it names an execution."""
    return run_id.rpartition(".")[0] or run_id
