"""No pipeline starts itself, alone or through others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from constructs_lib.composition.loops import sources, targets
from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject

if TYPE_CHECKING:
    from constructs_lib.composition.loops import Target

Ways = Mapping[int, Mapping[int, "Target"]]
"""By the position of a pipeline: those that its outputs start, and what it writes to for that."""


class OutputFeedsSource(PlanRule):
    """An event that comes back as another one is an endless bill: each round starts the next, and none fails."""

    slug = "output-feeds-source"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "Following outputs to the sources that they feed leads from no pipeline of an app back to itself."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at one pipeline as if it were alone."""
        return (finding for _, finding in self.check_all([subject]))

    def check_all(self, subjects: Sequence[Subject]) -> Iterable[tuple[Subject, Finding]]:
        """Follow buckets, topics, queues, buses, tables, streams, workflows; every pipeline of a ring is told of it."""
        ways = _ways(subjects)
        for start, subject in enumerate(subjects):
            ring = _ring(start, ways)
            if ring:
                yield subject, self._fault(subject, [subjects[position] for position in ring], ways[start][ring[0]])

    def _fault(self, subject: Subject, ring: Sequence[Subject], first: Target) -> Finding:
        names = [subject.plan.pipeline, *(one.plan.pipeline for one in ring)]
        return self.finding(
            Place.planned(subject.plan, subject.plan.runner),
            found=f"{' -> '.join(names)}: {first.place} writes to {first.shore.service} {first.shore.name}",
            allowed="outputs that lead to no pipeline which leads back",
            fix="write elsewhere; or where a filter or the handler ends the ring, add an approval that says so",
            detail=first.place,
            at=first.place,
        )


def _ways(subjects: Sequence[Subject]) -> Ways:
    watched = [sources(subject.plan) for subject in subjects]
    ways: dict[int, dict[int, Target]] = {}
    for giver, subject in enumerate(subjects):
        found = ways.setdefault(giver, {})
        for target in targets(subject.plan):
            for taker, shores in enumerate(watched):
                if _reaches(target, subject, subjects[taker]) and any(target.shore.meets(shore) for shore in shores):
                    found.setdefault(taker, target)
    return ways


def _reaches(target: Target, giver: Subject, taker: Subject) -> bool:
    """Stages are apart, and a pattern may leave out whoever speaks."""
    heard = not target.speaker or taker.declaration.source.hears(target.speaker)
    return giver.plan.stage == taker.plan.stage and heard


def _ring(start: int, ways: Ways) -> list[int]:
    """Return the shortest way back to where it starts, its end included; empty where none leads back."""
    waiting, seen = [[taker] for taker in ways[start]], set(ways[start])
    for way in waiting:
        if way[-1] == start:
            return way
        for taker in ways[way[-1]]:
            if taker not in seen:
                seen.add(taker)
                waiting.append([*way, taker])
    return []
