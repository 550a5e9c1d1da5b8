"""Time that passes only when told to, and Lambda's context object that measures by it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Clock:
    """Seconds since 1970."""

    seconds: float = 1_700_000_000.0

    def now(self) -> float:
        """Return the time."""
        return self.seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@dataclass
class Context:
    """Lambda's context object; the invocation ends at ``ends``."""

    clock: Clock
    ends: float
    aws_request_id: str
    function_name: str = "shop-orders-dev-land-order"
    function_version: str = "7"

    def get_remaining_time_in_millis(self) -> int:
        """Return what is left of the invocation; never less than zero."""
        return max(0, round((self.ends - self.clock.now()) * 1000))
