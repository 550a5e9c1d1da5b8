"""What is known of a pipeline's messages, from whoever saw them: the door, the ledger, the queues."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from constructs_lib.operations.reconcile.workflow_run import WorkflowRun, is_end_of_run, is_redrive, message_of
from constructs_lib.operations.window import stamp
from functions.contract.ledger import OF_NO_RECORD, ONCE_PER_RUN_TOKEN, LedgerEntry, Status
from functions.contract.message import CORRELATION_ID

if TYPE_CHECKING:
    from constructs_lib.operations.dead_letters import DeadLetter

ENDS = (Status.STARTED, Status.SUCCEEDED, Status.DUPLICATE, Status.QUARANTINED, Status.REJECTED, Status.SKIPPED)
"""Outcomes after which nothing more comes of a message itself."""


@dataclass(frozen=True)
class Accepted:
    """One request or message that was taken: by the id of its message, or by that of the gateway's request."""

    id: str
    at: str
    """ISO 8601 in UTC; empty where it is not known."""
    is_request: bool = False


@dataclass(frozen=True)
class Letter:
    """One message in the dead-letter queue."""

    message_ids: frozenset[str]
    """Its own id and that of the message whose run failed."""
    request_id: str = ""
    continued: str = ""
    """Id of the message whose run it was a replay of."""

    @classmethod
    def of(cls, letter: DeadLetter) -> Self:
        """Return what reconciliation asks of a letter."""
        request = letter.attributes.get(CORRELATION_ID, {}).get("StringValue", "")
        continued = message_of(letter.continued_run_id)
        return cls(frozenset({letter.message_id, letter.failed_message_id}), request, continued)


@dataclass
class Trail:
    """What the ledger says of one message."""

    message_id: str
    run_token: str
    request_id: str
    parent_run_id: str | None
    first_at: str
    """When it was queued, else when its first entry was recorded."""
    statuses: set[Status] = field(default_factory=set)
    given_up_as: str = ""
    """The run that was given up, if one was."""

    @property
    def end(self) -> Status | None:
        """The outcome that ended it, if one did."""
        return next((status for status in ENDS if status in self.statuses), None)

    @property
    def tries(self) -> str:
        """What the ledger has of it, in words."""
        return ", ".join(sorted(status.value for status in self.statuses)) or "no entry"


@dataclass
class Trails:
    """The ledger's entries by message; one trail is held for each, however many entries it has."""

    by_message: dict[str, Trail] = field(default_factory=dict)
    by_request: dict[str, str] = field(default_factory=dict)
    """Message of each request; of several, the first, which the others repeat or continue."""
    replays: dict[str, LedgerEntry] = field(default_factory=dict)
    """The newest ``replayed`` entry of each run that was sent back."""
    continued: set[str] = field(default_factory=set)
    """Runs that a message continues."""
    sent_on: set[str] = field(default_factory=set)
    """Hashes of ``replayed`` entries whose message was itself sent back, with nothing else told of it."""
    landed: set[str] = field(default_factory=set)
    """Run tokens that have landed, or were handed over and not given up since."""
    workflow_runs: dict[str, WorkflowRun] = field(default_factory=dict)
    """By run token: what came of records that a workflow was started for."""

    @classmethod
    def of(cls, entries: Iterable[LedgerEntry]) -> Trails:
        """Follow entries, in any order."""
        trails = cls()
        for entry in sorted(entries, key=lambda entry: entry.recorded_at):
            trails._follow(entry)
        return trails

    def _follow(self, entry: LedgerEntry) -> None:
        if entry.status in OF_NO_RECORD or (entry.step is not None and entry.status is Status.REPLAYED):
            return
        if entry.status is Status.REPLAYED:
            self.replays[entry.parent_run_id or ""] = entry
            self.sent_on.update(filter(None, [entry.previous_hash]))
            return
        if entry.parent_run_id:
            self.continued.add(entry.parent_run_id)
        if entry.status in ONCE_PER_RUN_TOKEN:
            self.landed.add(entry.run_token)
        if not self._is_of_workflow(entry):
            self._follow_message(entry)

    def _is_of_workflow(self, entry: LedgerEntry) -> bool:
        """Take in what is told of a workflow once it was started; no message of the buffer is behind such an entry."""
        if entry.step is not None:
            return True
        after = is_end_of_run(entry) or is_redrive(entry)
        if after or entry.status in {Status.STARTED, Status.REDRIVEN}:
            self.workflow_runs.setdefault(entry.run_token, WorkflowRun(entry.run_token)).told(entry)
        if after and entry.status is Status.DEAD_LETTERED:
            self.landed.discard(entry.run_token)
        return after

    def _follow_message(self, entry: LedgerEntry) -> None:
        message_id = message_of(entry.run_id)
        trail = self.by_message.get(message_id)
        if trail is None:
            queued = _stamp_of(entry.queued_at) if entry.queued_at is not None else entry.recorded_at
            trail = Trail(message_id, entry.run_token, entry.correlation_id, entry.parent_run_id, queued)
            self.by_message[message_id] = trail
            self.by_request.setdefault(entry.correlation_id, message_id)
        trail.statuses.add(Status.STARTED if entry.status is Status.REDRIVEN else entry.status)
        if entry.status is Status.DEAD_LETTERED:
            trail.given_up_as = entry.run_id


def _stamp_of(milliseconds: int) -> str:
    return stamp(datetime.fromtimestamp(milliseconds / 1000, UTC))
