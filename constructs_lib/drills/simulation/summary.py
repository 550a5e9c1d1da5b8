"""What many seeds came to, on one line, and each bad one with the command that plays it again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.drills.simulation.seed import play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from constructs_lib.drills.simulation.actors import Actor
    from constructs_lib.drills.simulation.seed import Played

MOST_TOLD = 20
"""Bad seeds that are told one by one."""


@dataclass
class Summary:
    """Counts over the seeds of one pipeline."""

    pipeline: str
    seconds: float = 0.0
    seeds: int = 0
    calls: int = 0
    crashes: int = 0
    faults: int = 0
    bad: list[Played] = field(default_factory=list)

    def add(self, played: Played) -> None:
        """Count one seed."""
        self.seeds += 1
        self.calls += played.calls
        self.crashes += played.crashes
        self.faults += played.faults
        if not played.good:
            self.bad.append(played)

    def line(self) -> str:
        """Return the line that says it all."""
        counts = {
            "seeds": self.seeds,
            "calls": self.calls,
            "faults injected": self.faults,
            "crashes injected": self.crashes,
            "lost": sum(len(one.verdict.lost) for one in self.bad),
            "twice": sum(len(one.verdict.twice) for one in self.bad),
            "unexplained": sum(len(one.verdict.unexplained) for one in self.bad),
            "other findings": sum(one.others for one in self.bad),
        }
        told = ", ".join(f"{count} {name}" for name, count in counts.items())
        return f"{self.pipeline}: {told}, {self.seconds:.1f} s"

    def findings(self, file: str = "") -> Iterable[str]:
        """Yield each bad seed with what was found and how to play it again."""
        for one in self.bad[:MOST_TOLD]:
            found = [f"{name} {', '.join(what)}" for name, what in vars(one.verdict).items() if what]
            words = " ".join(["pipelines simulate", *([file] if file else []), f"--from-seed {one.seed} --seeds 1"])
            yield f"seed {one.seed}: {'; '.join(found) or one.problem} (again: {words})"


def simulate(actor: Actor, first: int, count: int, clock: Callable[[], float] = time.perf_counter) -> Summary:
    """Play so many seeds from ``first`` on."""
    summary = Summary(actor.name)
    started = clock()
    for seed in range(first, first + count):
        summary.add(play(actor, seed))
    summary.seconds = clock() - started
    return summary
