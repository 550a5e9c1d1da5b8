"""Calls of a simulation: before each one another worker may run, time passes, and the weather has its say."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from constructs_lib.drills.memory.faults import Calls, Crash, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.drills.memory.clock import Clock
    from constructs_lib.drills.simulation.baton import Baton, Task
    from constructs_lib.drills.simulation.weather import Weather

KILLS = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)
LONGEST_CALL = 0.2
"""Seconds that a call takes at most."""


@dataclass
class SimulatedCalls(Calls):
    """``ends`` says when the invocation of a task is over; a call after that finds its process gone."""

    baton: Baton = field(kw_only=True)
    weather: Weather = field(kw_only=True)
    clock: Clock = field(kw_only=True)
    ends: dict[Task, float] = field(default_factory=dict, kw_only=True)
    log: list[str] = field(default_factory=list, kw_only=True)
    crashes: int = field(default=0, kw_only=True)
    faults: int = field(default=0, kw_only=True)
    disturbed: Callable[[Task | None], None] = field(default=lambda _task: None, kw_only=True)
    """Told of every task for which something goes wrong."""
    unsure: set[Task] = field(default_factory=set, kw_only=True)
    """Tasks that died, or never heard what came of a call."""
    _gone: set[Task] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Let the weather decide."""
        self.plan = lambda _index, name: self._decide(name)

    @contextmanager
    def call(self, name: str, target: str = "") -> Iterator[None]:
        """Hand the baton on, let time pass, and do what the plan says."""
        if self.baton.holder in self._gone:
            raise Crash("its process is gone")
        self.baton.pause()
        self.clock.advance(self.weather.random.random() * LONGEST_CALL)
        task = self.baton.holder
        try:
            if task is not None and self.clock.now() > self.ends.get(task, float("inf")):
                self.note(name, "over")
                raise Crash("the time of the invocation is over")
            with super().call(name, target):
                yield
        except BaseException as error:
            self.disturbed(task)
            if task is not None and not isinstance(error, ClientError):
                self.unsure.add(task)
            if task is not None and isinstance(error, Crash):
                self._gone.add(task)
            raise

    def happens(self, chance: float) -> bool:
        """Return whether something of this chance goes wrong now for the task that runs."""
        happens = self.weather.happens(chance)
        if happens:
            self.disturbed(self.baton.holder)
        return happens

    def _decide(self, name: str) -> Fault | None:
        fault = self.weather.fault() if self.baton.holder else None
        self.note(name, fault or "")
        return fault

    def note(self, name: str, what: str) -> None:
        """Keep a line of the log, by which two runs of a seed are compared."""
        self.log.append(f"{self.clock.now():.3f} {name} {what}")
        self.crashes += what in ("over", *KILLS)
        self.faults += what not in ("", "over")
