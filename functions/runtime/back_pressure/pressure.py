"""What one environment knows of its dependency: the breaker as it was read a moment ago, and its own last success."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.back_pressure.breaker import Breaker, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger

    from functions.contract.environment import BackPressureSettings
    from functions.runtime.back_pressure.alert import Alert
    from functions.runtime.back_pressure.breakers import Breakers

UNREADABLE = (*AWS_FAILURES, LookupError)
FRESH = 1000
"""Milliseconds for which a breaker that was read is believed."""
TRIES = 4
"""Attempts at one change: each conflict means that another worker has changed the breaker."""
ROW_MARGIN = 60_000


@dataclass(kw_only=True)
class Pressure:
    """The shared breaker, as one environment sees it; a store that does not answer leaves things as they were."""

    settings: BackPressureSettings
    longest_delay: float
    """Longest pause in seconds between two attempts at one record: less than that is no end of a row."""
    breakers: Breakers
    alert: Alert
    now: Callable[[], float]
    uniform: Callable[[float, float], float]
    logger: Logger
    known: Breaker = field(default_factory=Breaker)
    read_at: int = 0
    succeeded_at: int = 0

    def milliseconds(self) -> int:
        """Return the time in milliseconds since 1970."""
        return int(self.now() * 1000)

    def current(self) -> Breaker:
        """Return the breaker, read at most once a second; one that is open is told to those who control intake."""
        now = self.milliseconds()
        if now - self.read_at >= FRESH:
            self.read_at = now
            try:
                self.known = self.breakers.read(self.settings.dependency)
            except UNREADABLE as error:
                self._unread(error)
        if not self.known.closed:
            self.alert.tell(now)
        return self.known

    def probe(self, worker: str, until: int) -> bool:
        """Return whether this worker holds the probe now."""
        now = self.milliseconds()
        return self._change(lambda found: found.claimed(now, worker, until)).probed_by(worker)

    def fail(self, worker: str, error_type: str) -> Breaker:
        """Count a failure and return what it made of the breaker."""
        now = self.milliseconds()
        row = int(self.longest_delay * 1000) + ROW_MARGIN
        limits = Limits(self.settings.failure_threshold, self.settings.recovery_timeout_seconds * 1000, row)
        breaker = self._change(lambda found: found.failed(now, worker, error_type, self.succeeded_at, limits))
        if not breaker.closed:
            self.alert.tell(now)
        return breaker

    def succeed(self, worker: str, *, probing: bool) -> None:
        """Note a success; only that of a probe is written."""
        self.succeeded_at = now = self.milliseconds()
        if probing:
            self._change(lambda found: found.succeeded(now, worker))

    def abandon(self, worker: str) -> None:
        """Give a probe back that told nothing."""
        now = self.milliseconds()
        self._change(lambda found: found.abandoned(now, worker))

    def wait(self) -> float:
        """Return for how many seconds a record that is given back stays hidden."""
        return self.known.wait(self.milliseconds(), self.uniform)

    def _change(self, transition: Callable[[Breaker], Breaker]) -> Breaker:
        for _ in range(TRIES):
            try:
                found = self.breakers.read(self.settings.dependency)
                wanted = transition(found)
                changed = found if wanted is found else self.breakers.replace(self.settings.dependency, found, wanted)
            except UNREADABLE as error:
                self._unread(error)
                continue
            if changed is not None:
                self.known, self.read_at = changed, self.milliseconds()
                return changed
        return self.known

    def _unread(self, error: Exception) -> None:
        extra = {"dependency": self.settings.dependency, "error_type": error_code(error)}
        self.logger.warning("breaker not reached", extra=extra)
