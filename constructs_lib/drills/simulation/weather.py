"""How bad the world of a seed is: a chance for everything that can go wrong, and calm after a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.drills.memory.faults import Fault

if TYPE_CHECKING:
    from random import Random

MOST = 0.12
"""The highest chance of one kind of fault at one call: above it, little gets done before all is calm."""


@dataclass
class Weather:
    """Chances between 0 and 1; ``skew`` in seconds; ``storm`` is the number of calls until all is calm."""

    random: Random
    killed_before: float
    killed_after: float
    lost: float
    refused: float
    throttled: float
    unread: float
    queue_refuses: float
    forgotten: float
    """That an acknowledged message is not deleted."""
    replayed: float
    """That the operator replays letters now."""
    twice: float
    """That a message is handed to two workers, or a statement sent twice."""
    late: float
    """That a worker stands still until its lease is over."""
    skew: float
    storm: int

    @classmethod
    def of(cls, random: Random) -> Weather:
        """Return the weather of a seed; each kind of fault is absent in a third of the seeds."""

        def chance() -> float:
            return random.choice((0.0, 0.3, 1.0)) * random.random() * MOST

        return cls(
            random=random,
            killed_before=chance(),
            killed_after=chance(),
            lost=chance(),
            refused=chance(),
            throttled=chance(),
            unread=chance(),
            queue_refuses=chance(),
            forgotten=chance(),
            replayed=chance(),
            twice=chance(),
            late=chance(),
            skew=random.choice((0.0, 1.0, 30.0, 3600.0)),
            storm=random.randint(20, 150),
        )

    def fault(self) -> Fault | None:
        """Return what goes wrong at the next call."""
        if self.storm <= 0:
            return None
        self.storm -= 1
        dice = self.random.random()
        for fault, chance in (
            (Fault.KILLED_BEFORE, self.killed_before),
            (Fault.KILLED_AFTER, self.killed_after),
            (Fault.LOST_ANSWER, self.lost),
            (Fault.REFUSED, self.refused),
        ):
            if dice < chance:
                return fault
            dice -= chance
        return None

    def happens(self, chance: float) -> bool:
        """Return whether something of this chance happens now."""
        return self.storm > 0 and self.random.random() < chance
