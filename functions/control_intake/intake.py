"""How much a pipeline may take in: decided from the breaker and the time alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.runtime.back_pressure.breaker import LONGEST_INTERVAL, Phase

if TYPE_CHECKING:
    from functions.runtime.back_pressure.breaker import Breaker

SLOW = 2
"""Batches at once while the dependency is down: the least that Lambda takes as a mapping's maximum concurrency."""
LONGEST_STEP = 60_000
"""Milliseconds for which the breaker stays closed before intake doubles, at most; shorter with a shorter timeout."""
PROBE_PERIOD = 10_000
"""Milliseconds until the breaker is looked at again while a probe is awaited or under way; more, the longer it is."""


@dataclass(frozen=True)
class Intake:
    """What a mapping is set to."""

    enabled: bool
    concurrency: int


@dataclass(frozen=True)
class Step:
    """What intake is to be now, and in how many milliseconds to look again; None when it is as declared again."""

    intake: Intake
    again: int | None


@dataclass(frozen=True)
class Plan:
    """What is declared: the cap, whether intake pauses, and the recovery timeout in milliseconds."""

    concurrency: int
    pauses: bool
    recovery: int

    @property
    def step(self) -> int:
        """Milliseconds that double the intake while the breaker stays closed."""
        return min(self.recovery, LONGEST_STEP)


def step(breaker: Breaker, now: int, plan: Plan) -> Step:
    """Return what to do ``now``, in milliseconds since 1970.

    While a probe is awaited a paused intake runs slowly, because a probe is a record that is taken in.
    """
    slow = Intake(enabled=True, concurrency=min(SLOW, plan.concurrency))
    if breaker.closed:
        return _recovering(breaker, now, plan)
    if breaker.phase is Phase.OPEN and now < breaker.retry_at:
        alone = Intake(enabled=False, concurrency=slow.concurrency) if plan.pauses else slow
        return Step(alone, min(breaker.retry_at - now, LONGEST_INTERVAL))
    awaited = min(max(now - breaker.retry_at, PROBE_PERIOD), LONGEST_INTERVAL)
    return Step(slow, awaited)


def _recovering(breaker: Breaker, now: int, plan: Plan) -> Step:
    """Every step doubles what is taken in; single failures do not hold it up, a breaker that opens again does."""
    since = max(0, now - breaker.closed_at)
    steps = min(since // plan.step, plan.concurrency.bit_length())
    concurrency = min(plan.concurrency, SLOW << steps)
    whole = concurrency == plan.concurrency
    return Step(Intake(enabled=True, concurrency=concurrency), None if whole else plan.step - since % plan.step)
