"""The pace of one worker: requests of its share of a rate, evenly apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Pace:
    """At most one request in ``interval`` seconds.

    A new worker begins somewhere in its first interval, so that workers that start together do not send together.
    """

    def __init__(self, interval: float, now: Callable[[], float], uniform: Callable[[float, float], float]) -> None:
        """``now`` returns seconds since 1970."""
        self._interval = interval
        self._now = now
        self._next = now() + uniform(0.0, interval) if interval else 0.0

    def wait(self) -> float:
        """Return the seconds until the next request may be sent."""
        return max(0.0, self._next - self._now())

    def sent(self) -> None:
        """Note that a request is sent now."""
        self._next = self._now() + self._interval

    def hold(self, seconds: float) -> None:
        """Send nothing for so many seconds: the receiver asks for it."""
        self._next = max(self._next, self._now() + seconds)
