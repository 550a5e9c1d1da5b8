"""What happens after an error: the first retrier that means it and has attempts left, then the first catcher."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import means

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

INTERVAL, ATTEMPTS, BACKOFF = 1.0, 3, 2.0
"""What a retrier means where it says nothing (Amazon States Language)."""


class Retries:
    """The retriers of one visit of a state; each counts its own attempts."""

    def __init__(self, retriers: Sequence[Mapping[str, Any]], source: random.Random) -> None:
        """``source`` draws the delays of retriers with jitter."""
        self._retriers = retriers
        self._source = source
        self._used: Counter[int] = Counter()

    def delay(self, error: str) -> float | None:
        """Return the seconds until the next attempt; None when there is none."""
        for number, retrier in enumerate(self._retriers):
            if means(retrier["ErrorEquals"], error):
                return self._next(number, retrier)
        return None

    def _next(self, number: int, retrier: Mapping[str, Any]) -> float | None:
        used = self._used[number]
        if used >= retrier.get("MaxAttempts", ATTEMPTS):
            return None
        self._used[number] += 1
        longest = retrier.get("IntervalSeconds", INTERVAL) * retrier.get("BackoffRate", BACKOFF) ** used
        longest = min(longest, retrier.get("MaxDelaySeconds", longest))
        return self._source.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else float(longest)


def catcher_of(catchers: Sequence[Mapping[str, Any]], error: str) -> Mapping[str, Any] | None:
    """Return the first catcher that means an error."""
    return next((one for one in catchers if means(one["ErrorEquals"], error)), None)
