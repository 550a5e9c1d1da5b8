"""How much of the invocation is left, and until when its claims are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MARGIN_SHARE = 0.2
SHORTEST_MARGIN = 1.0
LONGEST_MARGIN = 10.0
"""The end of an invocation that is kept for the flush: a fifth of it, between one and ten seconds."""
LEASE_MARGIN = 2.0
"""Seconds by which a lease outlives the invocation, for clocks that differ."""


@dataclass(frozen=True)
class Deadline:
    """The end of one invocation; times in seconds."""

    remaining: Callable[[], float]
    margin: float
    lease_until: float
    """Seconds since 1970."""

    @classmethod
    def start(cls, remaining: Callable[[], float], now: float) -> Deadline:
        """Return the deadline of an invocation that begins now."""
        left = remaining()
        margin = min(LONGEST_MARGIN, max(SHORTEST_MARGIN, MARGIN_SHARE * left))
        return cls(remaining, margin, now + left + LEASE_MARGIN)

    @property
    def near(self) -> bool:
        """Whether no further record may be started."""
        return self.remaining() < self.margin

    def left(self) -> float:
        """Return how many seconds a flush may still take; what comes after it needs as long as a courtesy."""
        return self.remaining() - SHORTEST_MARGIN / 2

    @property
    def over(self) -> bool:
        """Whether there is no time left even for courtesies such as changing a visibility timeout."""
        return self.remaining() < SHORTEST_MARGIN / 2
