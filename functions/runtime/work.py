"""The state of one record on its way through an invocation."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry
    from functions.contract.state import Claim
    from functions.runtime.failure import Failure
    from functions.runtime.groups.part import Part
    from functions.runtime.pull import Pull
    from functions.runtime.record import Record


OVER_SHARE = "over-share"
"""Reason for which a record goes back: another tenant has waited too long."""


class State(StrEnum):
    """Where a record stands. The last six of the list are final and, with their evidence stored, acknowledged."""

    READY = "ready"
    """It may be claimed."""
    CLAIMED = "claimed"
    """This worker holds its run token."""
    PROCESSED = "processed"
    """The handler has returned; nothing has been written yet, or it has and is not yet recorded."""
    INVALID = "invalid"
    """It breaks its contract; ``failure`` says how."""
    FAILED = "failed"
    """This attempt failed; ``failure`` says how. It stays on the queue."""
    RETURNED = "returned"
    """It was not tried: it stays on the queue."""
    REJECTED = "rejected"
    """It breaks its contract, and the one who sent it is told so."""
    UNCERTAIN = "uncertain"
    """It is unknown whether its completion is recorded. The claim is kept, and a later attempt finds out."""
    LANDED = "landed"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    DEAD_LETTERED = "dead_lettered"
    DROPPED = "dropped"
    """It is not meant for the pipeline, or not to be run now: nothing is done, and the evidence says why."""
    IDLE = "idle"
    """A signal of a group that found nothing to do: it is no run, and leaves no evidence."""


ACKNOWLEDGED = frozenset(
    {
        State.LANDED,
        State.DUPLICATE,
        State.QUARANTINED,
        State.DEAD_LETTERED,
        State.REJECTED,
        State.DROPPED,
        State.IDLE,
    }
)


@dataclass(kw_only=True)
class Work:
    """One record, who it belongs to, and what became of it so far; ``delay`` and durations in seconds."""

    record: Record
    token: str
    tenant: str
    state: State = State.READY
    argument: Any = None
    drift: tuple[str, ...] = ()
    failure: Failure | None = None
    reason: str = ""
    """Why it was returned or found a duplicate."""
    note: str = ""
    """What the ledger says beside the reason; it may hold values of the record."""
    part: Part | None = None
    """Which part of which group the record is; None where records stand for themselves."""
    pull: Pull | None = None
    """Which page of which pull the record is, and what its handler answered; None without a checkpoint."""
    delay: float = 0.0
    given_up: bool = False
    """Whether a letter of it stands in the dead-letter queue."""
    claim: Claim | None = None
    attempt: int = 0
    """The try that is made now, from 1; 0 until the record is claimed."""
    head: str | None = None
    """Hash of the ledger entry that this attempt follows."""
    recorded: LedgerEntry | None = None
    """The entry of this attempt, once it stands in the ledger."""
    excused: bool = False
    """Whether the failure was the dependency's: it costs no attempt, because the breaker is open."""
    restarted: bool = False
    """Whether it is a replay of a run that was handed over before."""
    drafts: dict[str, Any] = field(default_factory=dict)
    location: str | None = None
    result: str | None = None
    """What the handler answered, as text; None where nobody waits for an answer."""
    duration: float = 0.0

    @property
    def newest(self) -> str | None:
        """Hash of the ledger entry that whatever comes next follows."""
        return self.recorded.hash if self.recorded else self.head

    def fail(self, failure: Failure) -> None:
        """Note that this attempt failed."""
        self.state, self.failure = State.FAILED, failure

    def give_back(self, reason: str, delay: float = 0.0) -> None:
        """Note that the record goes back untried, hidden for ``delay`` seconds."""
        self.state, self.reason, self.delay = State.RETURNED, reason, delay

    def drop(self, reason: str) -> None:
        """Note that nothing is done for the record."""
        self.state, self.reason = State.DROPPED, reason

    def repeat(self, reason: str = "") -> None:
        """Note that the record's effect exists already."""
        self.state, self.reason = State.DUPLICATE, reason
