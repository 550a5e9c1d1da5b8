"""The breaker of one dependency: what each event makes of it, without a clock and without a store of its own.

A transition returns the very same breaker when nothing changes, so that nothing needs to be written.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Self

from functions.contract.identity import canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_INTERVAL = 900_000
"""Milliseconds between two probes at most; also the longest that a recovery timeout may be."""


class Phase(StrEnum):
    """Whether a dependency may be asked."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """One probe is under way."""


@dataclass(frozen=True)
class Limits:
    """When a breaker opens and for how long, in milliseconds; ``row`` is the silence that ends a row of failures."""

    threshold: int
    recovery: int
    row: int


@dataclass(frozen=True, kw_only=True)
class Breaker:
    """State shared by all workers; times in milliseconds since 1970, 0 for never."""

    version: int = 0
    """Counts the writes, and fences them; 0 before the first."""
    phase: Phase = Phase.CLOSED
    failures: int = 0
    """Failures in a row while closed."""
    failed_at: int = 0
    opened_at: int = 0
    """When the breaker left ``closed``; a failed probe does not change it."""
    closed_at: int = 0
    interval: int = 0
    retry_at: int = 0
    """When the next probe may begin."""
    probe_id: str = ""
    probe_until: int = 0
    """When the worker of the probe is gone for certain, and another may take its place."""
    error_type: str = ""

    def to_text(self) -> str:
        """Return everything but the version as one text."""
        values = asdict(self)
        del values["version"]
        return canonical_json(values)

    @classmethod
    def from_text(cls, version: int, text: str) -> Self:
        """Read back what ``to_text`` wrote, without what newer versions add; two pipelines may be of different ones.

        Raises:
            ValueError, TypeError, KeyError: the text does not fit.
        """
        names = {field.name for field in fields(cls)}
        values = {name: value for name, value in json.loads(text).items() if name in names}
        return cls(version=version, **{**values, "phase": Phase(values["phase"])})

    @property
    def closed(self) -> bool:
        """Whether everyone may ask."""
        return self.phase is Phase.CLOSED

    def probe_due(self, now: int) -> bool:
        """Return whether a probe may begin: the dependency was left alone for long enough, or the prober is gone."""
        return now >= (self.retry_at if self.phase is Phase.OPEN else self.probe_until) and not self.closed

    def probed_by(self, worker: str) -> bool:
        """Return whether the probe that is under way is this worker's."""
        return self.phase is Phase.HALF_OPEN and self.probe_id == worker

    def claimed(self, now: int, worker: str, until: int) -> Self:
        """Return the breaker with the probe in the hands of a worker until its lease ends, where a probe is due."""
        if not self.probe_due(now):
            return self
        return replace(self, phase=Phase.HALF_OPEN, probe_id=worker, probe_until=until)

    def failed(self, now: int, worker: str, error_type: str, succeeded_at: int, limits: Limits) -> Self:
        """Return the breaker after a failure; ``succeeded_at`` is when the dependency last answered this worker.

        While it is open, failures of those who asked before it opened change nothing.
        """
        if self.probed_by(worker):
            longer = min(2 * self.interval, LONGEST_INTERVAL)
            return self._opened(now, longer, error_type, self.opened_at)
        if not self.closed:
            return self
        row = 0 if succeeded_at > self.failed_at or now - self.failed_at > limits.row else self.failures
        if row + 1 < limits.threshold:
            return replace(self, failures=row + 1, failed_at=now, error_type=error_type)
        return self._opened(now, min(limits.recovery, LONGEST_INTERVAL), error_type, now)

    def succeeded(self, now: int, worker: str) -> Self:
        """Return the breaker after a success: that of a probe closes it, any other leaves it as it is."""
        if not self.probed_by(worker):
            return self
        return replace(self, phase=Phase.CLOSED, failures=0, closed_at=now, probe_id="", probe_until=0)

    def abandoned(self, now: int, worker: str) -> Self:
        """Return the breaker after a probe that told nothing of the dependency: another may begin at once."""
        if not self.probed_by(worker):
            return self
        return replace(self, phase=Phase.OPEN, retry_at=now, probe_id="", probe_until=0)

    def wait(self, now: int, uniform: Callable[[float, float], float]) -> float:
        """Return how long a record that is given back stays hidden, in seconds: until the next probe, with jitter."""
        if self.phase is Phase.OPEN:
            return max(0, self.retry_at - now) / 1000 + uniform(0.0, self.interval / 4000)
        return uniform(1.0, max(1.0, (self.probe_until - now) / 1000))

    def _opened(self, now: int, interval: int, error_type: str, since: int) -> Self:
        return replace(
            self,
            phase=Phase.OPEN,
            failures=0,
            failed_at=now,
            opened_at=since,
            interval=interval,
            retry_at=now + interval,
            probe_id="",
            probe_until=0,
            error_type=error_type,
        )
