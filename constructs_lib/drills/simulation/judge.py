"""What must hold at the end of every seed, whatever has happened in between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.drills.simulation.script import HOPELESS, NEVER
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.drills.simulation.script import Kind
    from constructs_lib.drills.world import World
    from functions.contract.ledger import LedgerEntry

FINAL = frozenset({Status.SUCCEEDED, Status.DUPLICATE, Status.QUARANTINED, Status.DEAD_LETTERED})


@dataclass(frozen=True)
class Verdict:
    """What was found: run tokens lost or landed twice, messages without a word, entries that follow none."""

    lost: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    unexplained: tuple[str, ...] = ()
    torn: tuple[str, ...] = ()
    overspent: tuple[str, ...] = ()
    """Messages that were tried more often than their budget allows."""

    @property
    def good(self) -> bool:
        """Whether everything held."""
        return not (self.lost or self.twice or self.unexplained or self.torn or self.overspent)


def judge(world: World, sent: Iterable[str], kinds: Mapping[str, Kind]) -> Verdict:
    """Compare what was sent, by message id and by run token, with the ledger, the objects and the queues."""
    entries = world.entries()
    return Verdict(
        lost=tuple(_lost(entries, kinds)),
        twice=tuple(_twice(world, entries)),
        unexplained=tuple(_unexplained(world, entries, sent)),
        torn=tuple(_torn(entries)),
        overspent=tuple(_overspent(entries, world.settings.retry.max_attempts)),
    )


def _lost(entries: list[LedgerEntry], kinds: Mapping[str, Kind]) -> Iterable[str]:
    """Every record that can land has landed, after the last replay at the latest."""
    done = {entry.run_token for entry in entries if entry.status is Status.SUCCEEDED}
    return (token for token, kind in kinds.items() if (kind not in NEVER) != (token in done))


def _twice(world: World, entries: list[LedgerEntry]) -> Iterable[str]:
    """One completion of a run token, lines of its own, and an object that holds them."""
    completed = [entry for entry in entries if entry.status is Status.SUCCEEDED]
    yield from (token for token, count in Counter(entry.run_token for entry in completed).items() if count > 1)
    lines = Counter(
        (entry.location.partition("#")[0], number)
        for entry in completed
        if entry.location
        for number in _numbers(entry.location)
    )
    yield from (f"{place}#{number}" for (place, number), count in lines.items() if count > 1)
    yield from (entry.run_token for entry in completed if entry.location and not _stands(world, entry.location))


def _numbers(location: str) -> range:
    first, _, last = location.partition("#")[2].partition("-")
    return range(int(first), int(last or first) + 1)


def _stands(world: World, location: str) -> bool:
    body = world.s3.objects.get(location.partition("#")[0], b"")
    return body.count(b"\n") >= _numbers(location)[-1]


def _unexplained(world: World, entries: list[LedgerEntry], sent: Iterable[str]) -> Iterable[str]:
    """Every message that was accepted has ended: in the ledger, or whole in the dead-letter queue."""
    told = {entry.run_id.partition(".")[0] for entry in entries if entry.status in FINAL}
    waiting = {message.id for url in (world.buffer, world.dlq) for message in world.sqs.queue(url)}
    moved = {message for message in sent if message in world.sqs.moved}
    return (message for message in sent if message not in told and message not in waiting and message not in moved)


def _torn(entries: list[LedgerEntry]) -> Iterable[str]:
    """Every entry follows one of its own run token, or none."""
    hashes: dict[str, set[str]] = {}
    for entry in entries:
        hashes.setdefault(entry.run_token, set()).add(entry.hash)
    return (
        f"{entry.run_token} {entry.status}"
        for entry in entries
        if entry.previous_hash and entry.previous_hash not in hashes[entry.run_token]
    )


def _overspent(entries: list[LedgerEntry], attempts: int) -> Iterable[str]:
    """Every message has the attempts of the declaration, however many of its kind are under way.

    The one that ends in a letter may come again: where the ledger gave no answer, the record is given up once more.
    """
    failed = (entry for entry in entries if entry.status is Status.FAILED and entry.attempt)
    tried = Counter(entry.run_id.partition(".")[0] for entry in failed if HOPELESS in (entry.error_message or ""))
    return (message for message, count in tried.items() if count > attempts)
