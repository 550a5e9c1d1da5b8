"""Replaying quarantined records after their contract was changed: what satisfies it now is sent to the buffer again.

Nothing is removed: the record stays in quarantine, and its entry and the entry of the replay tell what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from constructs_lib.operations.find import Query
from constructs_lib.operations.quarantine import Unreadable
from constructs_lib.operations.window import Window
from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from constructs_lib.operations.current_contract import CurrentContract
    from constructs_lib.operations.find import Finder
    from constructs_lib.operations.quarantine import Quarantine
    from constructs_lib.operations.sending import Sender


@dataclass(frozen=True, kw_only=True)
class QuarantineSelection:
    """Which quarantined runs are meant: those of one run token, or those of a time."""

    query: Query
    error_type: str | None
    now: datetime

    @classmethod
    def of(
        cls, run_token: str | None, error_type: str | None, since: str | None, until: str | None, now: datetime
    ) -> Self:
        """Return what an operator's words select; raises what ``Window.of`` raises."""
        window = None if run_token and not (since or until) else Window.of(since, until, now)
        query = Query(run_token=run_token, window=window, status=Status.QUARANTINED)
        return cls(query=query, error_type=error_type, now=now)

    def entries(self, finder: Finder) -> Iterator[LedgerEntry]:
        """Yield the entries that are meant, oldest first."""
        found = finder.find(self.query, self.now)
        return (entry for entry in found if self.error_type in {None, entry.error_type})


@dataclass(frozen=True)
class Treated:
    """One quarantined run: ``meant`` to be replayed, or left for a ``reason``."""

    entry: LedgerEntry
    meant: bool
    reason: str = ""
    message_id: str | None = None
    """The message that it became; None in a dry run."""


@dataclass(frozen=True, kw_only=True)
class QuarantineReplayer:
    """Sends what satisfies ``contract`` back to the buffer of its pipeline."""

    quarantine: Quarantine
    contract: CurrentContract
    sender: Sender

    def replay(
        self, entries: Iterable[LedgerEntry], *, again: bool = False, dry_run: bool = False, limit: int | None = None
    ) -> Iterator[Treated]:
        """Treat each quarantined entry once, in its order, until ``limit`` records were sent.

        ``again`` sends what was replayed or has landed since, too: the run token is the same, so it has one effect.
        """
        seen: set[str] = set()
        sent = 0
        for entry in entries:
            if entry.status is not Status.QUARANTINED or entry.run_id in seen:
                continue
            seen.add(entry.run_id)
            treated = self._treat(entry, again=again, dry_run=dry_run)
            sent += treated.meant
            yield treated
            if sent == limit:
                return

    def _treat(self, entry: LedgerEntry, *, again: bool, dry_run: bool) -> Treated:
        before = None if again else _done_before(entry, self.sender.ledger.of_run_token(entry.run_token))
        if before:
            return Treated(entry, meant=False, reason=before)
        try:
            kept = self.quarantine.record(entry)
        except Unreadable as error:
            return Treated(entry, meant=False, reason=str(error))
        fault = self.contract.fault(kept.payload)
        if fault:
            return Treated(entry, meant=False, reason=fault)
        if dry_run:
            return Treated(entry, meant=True)
        message_id, _ = self.sender.send(kept.text, kept.attributes, entry, previous_hash=entry.hash, group=kept.group)
        return Treated(entry, meant=True, message_id=message_id)


def _done_before(entry: LedgerEntry, entries: tuple[LedgerEntry, ...]) -> str | None:
    """Return what the ledger says was done about this run already, or None."""
    if any(other.status is Status.SUCCEEDED for other in entries):
        return "its run token has landed since"
    following = [other for other in entries if other.parent_run_id == entry.run_id]
    replays = [other for other in following if other.status is Status.REPLAYED]
    if not replays:
        return None
    outcomes = sorted({other.status.value for other in following if other.status is not Status.REPLAYED})
    came = ", ".join(outcomes) if outcomes else "nothing yet"
    return f"replayed before, at {replays[-1].recorded_at}; what came of it: {came}"
