"""Execution environments: each keeps what a warm Lambda keeps, has a clock of its own, and dies with a crash."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from constructs_lib.drills.memory.clock import Clock
from functions.runtime import runner

if TYPE_CHECKING:
    from constructs_lib.drills.world import World
    from functions.runtime.runner import Deployed


class SkewedClock(Clock):
    """Another clock, read with an error of so many seconds."""

    def __init__(self, clock: Clock, skew: float) -> None:
        """Read ``clock``; it is never set through this one."""
        self._clock = clock
        self._skew = skew

    def now(self) -> float:
        """Return what this worker takes for the time."""
        return self._clock.now() + self._skew


@dataclass(eq=False)
class Environment:
    """One environment; ``busy`` while an invocation is under way."""

    clock: SkewedClock
    deployed: Deployed
    busy: bool = False


def make_environment(world: World, skew: float) -> Environment:
    """Return a cold environment on a world; its log goes nowhere."""
    clock = SkewedClock(world.clock, skew)
    services = world.services()
    services.logger.setLevel("CRITICAL")
    services = replace(services, now=clock.now)
    return Environment(clock, runner(world.handler).with_(world.settings, services, world.folder))
