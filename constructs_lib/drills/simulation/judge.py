"""What must hold at the end of every seed, whatever has happened in between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.drills.parts import missing_parts, shares
from constructs_lib.drills.requests import answers_that_differ
from constructs_lib.drills.simulation.evidence import Evidence
from constructs_lib.drills.simulation.script import HOPELESS, NEVER
from functions.contract.landed_lines import lines_of
from functions.contract.ledger import Status
from functions.runtime.settings import SCHEDULE_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs_lib.drills.simulation.letters import Letters
    from constructs_lib.drills.simulation.order import Order
    from constructs_lib.drills.simulation.script import Kind
    from constructs_lib.drills.world import World
    from constructs_lib.operations.reconcile.reconciliation import Unexplained
    from functions.contract.ledger import LedgerEntry

SKEWED = 150.0
"""Seconds that clocks may be wrong before an entry may be dated minutes before the one that it follows."""
BACKWARDS = "link-backwards"


@dataclass(frozen=True)
class Verdict:
    """What was found, each with its place: run tokens, message ids, entries."""

    lost: tuple[str, ...] = ()
    """Run tokens that have not landed and could, or have and could not."""
    twice: tuple[str, ...] = ()
    """Run tokens and lines with more than one effect."""
    unexplained: tuple[str, ...] = ()
    """What the operators' reconciliation cannot explain."""
    tampered: tuple[str, ...] = ()
    """What the operators' verification finds in ledger, archive and seals."""
    overspent: tuple[str, ...] = ()
    """Messages that were tried more often than their budget allows."""
    letters: tuple[str, ...] = ()
    """Messages that were given up twice although the first letter was noted."""
    overtaking: tuple[str, ...] = ()
    """Messages that landed before an earlier one of their lane had come to an end."""

    @property
    def good(self) -> bool:
        """Whether everything held."""
        return not any(vars(self).values())


def judge(
    world: World,
    kinds: Mapping[str, Kind],
    *,
    letters: Letters | None = None,
    skew: float = 0.0,
    budget: int = 0,
    order: Order | None = None,
) -> Verdict:
    """Ask the operators' questions of a world that has become quiet, and those that only a simulation can ask.

    ``skew`` is how many seconds the workers' clocks were wrong, ``budget`` how many tries a message has; 0 asks not.
    ``order`` holds the messages of each lane where the source keeps their order.
    """
    entries = world.entries()
    evidence = Evidence(world)
    return Verdict(
        lost=(*_lost(world, kinds), *(missing_parts(world) if shares(world) else ())),
        twice=tuple(_twice(world)),
        unexplained=tuple(_unexplained(world, evidence)),
        tampered=tuple(
            f"{one.code} {one.place}" for one in evidence.findings() if one.code != BACKWARDS or skew < SKEWED
        ),
        overspent=tuple(_overspent(entries, budget)) if budget else (),
        letters=tuple(letters.repeated()) if letters else (),
        overtaking=tuple(order.overtaking(entries)) if order else (),
    )


def _unexplained(world: World, evidence: Evidence) -> Iterable[str]:
    """Who waits for an answer needs no reconciliation: the request is sent until there is one, each time the same."""
    if world.settings.synchronous:
        return (f"answers-differ {text}" for text in answers_that_differ(world.answers))
    return map(_told, evidence.unexplained(() if _sends_itself(world) else world.sqs.taken.get(world.buffer, ())))


def _sends_itself(world: World) -> bool:
    """Return whether a tick's message may be put off for another one of the same tick, which stands in the ledger."""
    return world.settings.source == SCHEDULE_SOURCE


def _told(one: Unexplained) -> str:
    return f"{one.code} {one.id}"


def _lost(world: World, kinds: Mapping[str, Kind]) -> Iterable[str]:
    """Every record that can land has landed, after the last replay at the latest, or the ledger says why not."""
    done = {entry.run_token for entry in world.completed()}
    skipped = {entry.run_token for entry in world.entries(Status.SKIPPED)}
    able = ((token, kind not in NEVER) for token, kind in kinds.items())
    return (token for token, can in able if can != (token in done) and not (can and token in skipped))


def _twice(world: World) -> Iterable[str]:
    """One completion of a run token, and lines of its own in an object that holds them, or an execution that exists."""
    completed = world.completed()
    yield from (token for token, count in Counter(entry.run_token for entry in completed).items() if count > 1)
    if shares(world):
        return
    if world.settings.workflow is not None:
        stands = world.clients.executions.stands
        yield from (entry.run_token for entry in completed if not stands(entry.location or ""))
        return
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
    place = location.partition("#")[0]
    body = world.s3.objects.get(place)
    return body is not None and len(lines_of(place, body)) >= _numbers(location)[-1]


def _overspent(entries: list[LedgerEntry], attempts: int) -> Iterable[str]:
    """Every message has the attempts of the declaration, however many of its kind are under way.

    The one that ends in a letter may come again: where the ledger gave no answer, the record is given up once more.
    """
    failed = (entry for entry in entries if entry.status is Status.FAILED and entry.attempt)
    tried = Counter(entry.run_id.partition(".")[0] for entry in failed if HOPELESS in (entry.error_message or ""))
    return (message for message, count in tried.items() if count > attempts)
