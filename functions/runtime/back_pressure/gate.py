"""The gate of one invocation: which records may ask the dependency, and what became of those that did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.failure import Verdict
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.back_pressure.pressure import Pressure
    from functions.runtime.failure import Failure
    from functions.runtime.work import Work

BACK_PRESSURE = "back-pressure"
"""Why a record went back: its dependency is left alone."""
LANDING = "landing"


class Gate:
    """While the breaker is closed everyone passes; while it is open one record does, as its probe."""

    def __init__(self, pressure: Pressure, worker: str, lease_until: float) -> None:
        """``worker`` is the lease id of the invocation; ``lease_until`` in seconds since 1970."""
        self._pressure = pressure
        self._worker = worker
        self._lease_until = int(lease_until * 1000)
        self._lands = pressure.settings.counts == LANDING
        self._probe: Work | None = None

    def admit(self, works: Sequence[Work]) -> None:
        """Give back untried and unclaimed what cannot pass; where a probe is due, one record stays to be it."""
        breaker = self._pressure.current()
        if breaker.closed:
            return
        ready = [work for work in works if work.state is State.READY]
        for work in ready[1:] if breaker.probe_due(self._pressure.milliseconds()) else ready:
            self._refuse(work)

    def lets(self, work: Work) -> bool:
        """Return whether a claimed record may be handled now; one that may not is given back."""
        breaker = self._pressure.current()
        if breaker.closed:
            return True
        if self._probe is None and self._pressure.probe(self._worker, self._lease_until):
            self._probe = work
            return True
        if self._pressure.known.closed:
            return True
        self._refuse(work)
        return False

    def handled(self, work: Work) -> None:
        """Judge the dependency by what the handler's run came to."""
        if work.state is State.FAILED and work.failure and self._tells(work.failure):
            self._fail([work], work.failure)
        elif work.state is State.PROCESSED and not self._lands:
            self._succeed()
        elif work.state is not State.PROCESSED:
            self._give_up_probe()

    def landed(self, works: Sequence[Work]) -> None:
        """Judge a dependency behind an output by what became of works that were processed: one flush is one call."""
        if not self._lands:
            return
        failed = [work for work in works if work.state is State.FAILED]
        if failed and failed[0].failure:
            self._fail(failed, failed[0].failure)
        elif any(work.state is State.PROCESSED for work in works):
            self._succeed()
        self._give_up_probe()

    def _tells(self, failure: Failure) -> bool:
        """Return whether a failure points at the dependency: permanent ones and faults of the code do not."""
        if failure.verdict is Verdict.SLOW_DOWN:
            return True
        return failure.verdict is Verdict.RETRY and failure.expected and not self._lands

    def _fail(self, works: Sequence[Work], failure: Failure) -> None:
        """A failure that leaves the breaker open is the dependency's: it costs the records no attempt."""
        probing, self._probe = self._probe is not None, None
        breaker = self._pressure.fail(self._worker, failure.error_type)
        if probing or not breaker.closed:
            for work in works:
                work.excused, work.delay = True, self._pressure.wait()

    def _succeed(self) -> None:
        probing, self._probe = self._probe is not None, None
        self._pressure.succeed(self._worker, probing=probing)

    def _give_up_probe(self) -> None:
        if self._probe is not None:
            self._probe = None
            self._pressure.abandon(self._worker)

    def _refuse(self, work: Work) -> None:
        work.give_back(BACK_PRESSURE, self._pressure.wait())
