"""The proof: accepted = landed + duplicate + quarantined + skipped + dead-lettered + in flight, and what is in none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trail, Trails
from constructs_lib.operations.reconcile.workflow_run import OPEN, WorkflowRun, message_of
from constructs_lib.operations.window import Window, stamp
from functions.contract.ledger import OF_NO_RECORD, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ARCHIVED_WITHIN = timedelta(minutes=2)
"""What was accepted since then may have an outcome that is not archived yet, so its absence proves nothing."""
DEAD_LETTERED = Status.DEAD_LETTERED.value
IN_FLIGHT = "in_flight"
UNEXPLAINED = "unexplained"
_ON_THE_WAY = {Status.FAILED, Status.REPLAYED, Status.WARNED, Status.UNDONE, Status.REDRIVEN}
_APART = _ON_THE_WAY | OF_NO_RECORD
"""What is no end of a record."""


@dataclass(frozen=True, order=True)
class Unexplained:
    """One thing that was accepted and of which nothing is known."""

    code: str
    """Stable; what it means stands in the table of error codes."""
    id: str
    """Message id, request id, or the run that was replayed."""
    detail: str
    run_token: str = ""


@dataclass(frozen=True, order=True)
class OpenRun:
    """A record whose workflow has not ended."""

    started_at: str
    """When it was started, or redriven last."""
    run_token: str
    age_seconds: int


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Every subject counted once; ``counts`` sum up to ``accepted + replays + unannounced``."""

    accepted: int | None
    """Messages or requests that the door or the sender knows of; None where nobody keeps them."""
    replays: int
    """Messages that continue a run that was given up."""
    unannounced: int
    """Messages of the time that the ledger knows and the door or the sender does not."""
    counts: dict[str, int]
    buffered: int
    """Messages in the buffer: visible, hidden and delayed, as SQS counts them."""
    unexplained: tuple[Unexplained, ...]
    open_runs: tuple[OpenRun, ...]
    """What ``counts['open']`` counts, the oldest first."""
    candidates: tuple[str, ...]
    """Where the buffer holds some: ids of which as many as ``counts['unexplained']`` are nowhere."""
    owed: int = 0
    """Parts of records that workers were to be given."""
    parts: dict[str, int] = field(default_factory=dict)
    """What came of them; the numbers sum up to ``owed``."""

    @property
    def proved(self) -> bool:
        """Whether everything is explained."""
        return not self.unexplained and not self.counts[UNEXPLAINED]


@dataclass
class Reconciler:
    """What is known at one moment."""

    trails: Trails
    letters: Iterable[Letter]
    buffered: int
    now: datetime
    kept: timedelta
    """How long the buffer keeps a message."""
    longest_run: timedelta | None = None
    """How long a workflow that is started for each record may take; None where none is."""
    _open: list[OpenRun] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)
    _pending: list[Unexplained] = field(default_factory=list)
    _lost: list[Unexplained] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look letters up by what they may be asked for."""
        letters = list(self.letters)
        self._lying = {message for letter in letters for message in letter.message_ids}
        self._continued = {letter.continued for letter in letters}
        self._replayed = {message_of(run) for run in self.trails.replays}
        self._requested = {letter.request_id for letter in letters if letter.request_id}

    def reconcile(self, accepted: Iterable[Accepted] | None, window: Window) -> Reconciliation:
        """Account for what was accepted, for what was replayed, and for what the ledger alone knows of the time."""
        known = {one.id: one for one in accepted or ()}
        met = {trail.message_id for one in known.values() if (trail := self._trail(one))}
        for one in known.values():
            self._account(one)
        others = [trail for trail in self.trails.by_message.values() if trail.message_id not in met]
        replays = [trail for trail in others if trail.parent_run_id]
        unannounced = [trail for trail in others if not trail.parent_run_id and window.holds(trail.first_at)]
        for trail in (*replays, *unannounced):
            self._account(Accepted(trail.message_id, trail.first_at))
        vanished = list(self._vanished_replays())
        for lost in vanished:
            self._await(lost, lost.id, "")
        candidates = self._settle()
        return Reconciliation(
            accepted=None if accepted is None else len(known),
            replays=len(replays) + len(vanished),
            unannounced=len(unannounced),
            counts=self._told(),
            buffered=self.buffered,
            unexplained=tuple(sorted(self._lost)),
            open_runs=tuple(sorted(self._open)),
            candidates=candidates,
        )

    def _trail(self, one: Accepted) -> Trail | None:
        message_id = self.trails.by_request.get(one.id, "") if one.is_request else one.id
        return self.trails.by_message.get(message_id)

    def _account(self, one: Accepted) -> None:
        trail = self._trail(one)
        if trail is not None and trail.end is Status.STARTED and self.longest_run is not None:
            self._account_run(trail, self.trails.workflow_runs[trail.run_token], self.longest_run)
        elif trail is not None and trail.end is not None:
            self._counts[trail.end.value] += 1
        elif trail is not None and trail.given_up_as:
            self._account_letter(trail)
        elif self._lies(one, trail) or self._sent_back(trail.message_id if trail else one.id):
            self._counts[DEAD_LETTERED] += 1
        else:
            said = f"accepted at {one.at or 'an unknown time'}; the ledger says: {trail.tries if trail else 'no entry'}"
            token = trail.run_token if trail else ""
            self._await(Unexplained("message-lost", one.id, said, token), one.id, one.at)

    def _account_letter(self, trail: Trail) -> None:
        """A letter that is gone is a loss, unless it was sent back or its run token has landed since.

        The entry may be of a later delivery of the message than the letter: it is the message that was sent back.
        """
        run = trail.given_up_as
        explained = self._sent_back(trail.message_id) or trail.run_token in self.trails.landed
        if explained or trail.message_id in self._lying:
            self._counts[DEAD_LETTERED] += 1
        else:
            detail = f"{run} was given up; its letter is not in the dead-letter queue, and nobody sent it back"
            self._lose(Unexplained("letter-lost", trail.message_id, detail, trail.run_token))

    def _account_run(self, trail: Trail, run: WorkflowRun, longest: timedelta) -> None:
        """A record has ended when its workflow has; what was given up has a letter, or was sent back."""
        name = run.given_up_as
        if run.succeeded:
            self._counts[Status.SUCCEEDED.value] += 1
        elif name and (name in self._lying or self._sent_back(name)):
            self._counts[DEAD_LETTERED] += 1
        elif name:
            detail = f"{name} was given up; its letter is not in the dead-letter queue, and nobody sent it back"
            self._lose(Unexplained("letter-lost", trail.message_id, detail, run.run_token))
        elif run.started_at < stamp(self.now - longest - ARCHIVED_WITHIN):
            detail = f"its workflow was started at {run.started_at}, and nobody has told the end of it"
            self._lose(Unexplained("run-lost", trail.message_id, detail, run.run_token))
        else:
            self._counts[OPEN] += 1
            age = self.now - datetime.fromisoformat(run.started_at)
            self._open.append(OpenRun(run.started_at, run.run_token, int(age.total_seconds())))

    def _lies(self, one: Accepted, trail: Trail | None) -> bool:
        return one.id in self._lying or (trail is None and one.is_request and one.id in self._requested)

    def _sent_back(self, message_id: str) -> bool:
        """A letter that SQS moved by itself has no entry of its own; its replay names it."""
        return message_id in self._replayed

    def _vanished_replays(self) -> Iterator[Unexplained]:
        """A replay is recorded before it is sent: one that broke off has left letter or quarantined record in place.

        What SQS moved back by itself has no entry of its own, but its letter names the run that it continues.
        The next one may name another delivery of the same message: SQS counts receives of what it moved itself.
        """
        continued = {message_of(run) for run in self.trails.continued} | self._continued
        for run, entry in self.trails.replays.items():
            message_id = message_of(run)
            trail = self.trails.by_message.get(message_id)
            kept = message_id in self._lying or (trail is not None and trail.end is Status.QUARANTINED)
            went_on = message_id in continued or entry.hash in self.trails.sent_on
            if not went_on and not kept and entry.run_token not in self.trails.landed:
                detail = f"{run} was sent back at {entry.recorded_at} by {entry.function}, and nothing came of it"
                yield Unexplained("replay-lost", run, detail, entry.run_token)

    def _await(self, one: Unexplained, id: str, at: str) -> None:
        """It may wait in the buffer, if that can be: a message is kept there for so long, and no longer."""
        at = at or self._replayed_at(id)
        if at and at < stamp(self.now - self.kept):
            self._lose(one)
        elif at >= stamp(self.now - ARCHIVED_WITHIN):
            self._counts[IN_FLIGHT] += 1
        else:
            self._pending.append(one)

    def _replayed_at(self, run: str) -> str:
        replay = self.trails.replays.get(run)
        return replay.recorded_at if replay else ""

    def _lose(self, one: Unexplained) -> None:
        self._lost.append(one)
        self._counts[UNEXPLAINED] += 1

    def _settle(self) -> tuple[str, ...]:
        """Contents of the buffer are never received, so only an empty one lets everything that pends be named."""
        if not self.buffered:
            for one in self._pending:
                self._lose(one)
            return ()
        waiting = min(len(self._pending), self.buffered)
        self._counts[IN_FLIGHT] += waiting
        self._counts[UNEXPLAINED] += len(self._pending) - waiting
        return tuple(sorted(one.id for one in self._pending)) if waiting < len(self._pending) else ()

    def _told(self) -> dict[str, int]:
        names = (*(status.value for status in Status if status not in _APART), OPEN, IN_FLIGHT, UNEXPLAINED)
        return {name: self._counts[name] for name in names}
