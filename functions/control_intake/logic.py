"""One look at a slowed intake: set the mapping, keep the evidence, and say when to look again.

The message that asks for it stays on the control queue, hidden until the next look, and leaves only when intake is as
declared again. Whatever dies, the message comes back; so intake cannot stay slow or paused for want of a worker.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from functions.control_intake.intake import step
from functions.control_intake.watch import MARGIN, Interval

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.control_intake.journal import Journal
    from functions.control_intake.mapping import Mapping
    from functions.control_intake.settings import ControlSettings
    from functions.control_intake.watch import Watch
    from functions.runtime.back_pressure.breakers import Breakers

BUSY_PERIOD = 5.0
"""Seconds until the mapping is set again when Lambda is still carrying out the change before."""


@dataclass(frozen=True, kw_only=True)
class Control:
    """Everything that the controlling function uses; ``now`` in seconds since 1970."""

    settings: ControlSettings
    breakers: Breakers
    mapping: Mapping
    watch: Watch
    journal: Journal
    now: Callable[[], float]

    def look(self, request_id: str) -> float | None:
        """Do what is to be done now; return in how many seconds to look again, or None when all is as declared.

        Raises:
            BotoCoreError, ClientError, LookupError, NotRecorded: the look is to be repeated as a whole.
        """
        now = int(self.now() * 1000)
        breaker = self.breakers.read(self.settings.back_pressure.dependency)
        interval = self.watch.read()
        wanted = step(breaker, now, self.settings.plan)
        if interval.since == 0 and (wanted.again is not None or breaker.opened_at > interval.told):
            interval = replace(interval, since=breaker.opened_at or now, error_type=breaker.error_type)
            self.watch.keep(interval, now + MARGIN)
        if self.mapping.get() != wanted.intake and not self.mapping.set(wanted.intake):
            return BUSY_PERIOD
        if interval.since and not interval.head:
            failures = breaker.error_type or "failures"
            interval = replace(interval, head=self.journal.slowed(interval, failures, request_id))
        if wanted.again is None:
            self._finish(interval, breaker.opened_at, request_id)
            return None
        self.watch.keep(interval, now + wanted.again + MARGIN)
        return wanted.again / 1000

    def _finish(self, interval: Interval, opened_at: int, request_id: str) -> None:
        """An interval that was over before anybody looked is recorded all the same."""
        if interval.since:
            self.journal.resumed(interval, request_id)
        self.watch.keep(Interval(told=max(opened_at, interval.told)), 0)
