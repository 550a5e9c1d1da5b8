"""Replaying quarantined records after their contract was changed: what satisfies it now is sent to the buffer again.

Nothing is removed: the record stays in quarantine, and its entry and the entry of the replay tell what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from constructs_lib.operations.quarantine import Unreadable
from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.operations.current_contract import CurrentContract
    from constructs_lib.operations.quarantine import Quarantine
    from constructs_lib.operations.sending import Sender


class Verdict(StrEnum):
    """What was done about one quarantined record."""

    REPLAYED = "replayed"
    MEANT = "would be replayed"
    LEFT = "left"


@dataclass(frozen=True)
class Treated:
    """One quarantined run; ``reason`` says why it was left, ``message_id`` is what it became."""

    entry: LedgerEntry
    verdict: Verdict
    reason: str = ""
    message_id: str | None = None


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

        ``again`` sends what was replayed or has landed since, too; the run token is the same, so that it has one effect.
        """
        seen: set[str] = set()
        sent = 0
        for entry in entries:
            if entry.status is not Status.QUARANTINED or entry.run_id in seen:
                continue
            seen.add(entry.run_id)
            treated = self._treat(entry, again=again, dry_run=dry_run)
            sent += treated.verdict is not Verdict.LEFT
            yield treated
            if sent == limit:
                return

    def _treat(self, entry: LedgerEntry, *, again: bool, dry_run: bool) -> Treated:
        before = None if again else _done_before(entry, self.sender.ledger.of_run_token(entry.run_token))
        if before:
            return Treated(entry, Verdict.LEFT, before)
        try:
            kept = self.quarantine.record(entry)
        except Unreadable as error:
            return Treated(entry, Verdict.LEFT, str(error))
        fault = self.contract.fault(kept.text)
        if fault:
            return Treated(entry, Verdict.LEFT, fault)
        if dry_run:
            return Treated(entry, Verdict.MEANT)
        message_id, _ = self.sender.send(kept.text, kept.attributes, entry, previous_hash=entry.hash)
        return Treated(entry, Verdict.REPLAYED, message_id=message_id)


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
