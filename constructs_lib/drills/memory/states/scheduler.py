"""Many things at once on one simulated clock: what is due first goes on first, what is due together in its order."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import StateError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from constructs_lib.drills.memory.clock import Clock

    Work = Generator["Pause", None, Any]
    """Work that gives way when it pauses, and returns its result."""


class Signal:
    """What a process waits for; firing it once wakes one that waits now or later."""

    def __init__(self) -> None:
        """Nothing has happened yet."""
        self.fired = False
        self.waiting: tuple[Process, int] | None = None
        """A process, and the turn in which it began to wait."""


class Pause:
    """A process goes on at a time, in seconds since 1970, or when a signal fires, whatever is first."""

    def __init__(self, until: float | None = None, signal: Signal | None = None) -> None:
        """Without a time it waits for the signal alone."""
        self.until = until
        self.signal = signal


class Process:
    """Work under way, and what came of it."""

    def __init__(self, work: Work, ended: Callable[[Process], None]) -> None:
        """``ended`` is called once the work has ended by itself."""
        self.work = work
        self.ended = ended
        self.turn = 0
        """Number of its pauses: what was to wake it from an earlier one no longer does."""
        self.over = False
        self.active = False
        """Whether this is its turn."""
        self.result: Any = None
        self.error: StateError | None = None

    def stop(self) -> None:
        """End it; in its own turn, once that is over."""
        if not self.over:
            self.over = True
            if not self.active:
                self.work.close()


class Scheduler:
    """Runs processes until none can go on."""

    def __init__(self, clock: Clock) -> None:
        """``clock`` is set to what is due; whatever is called in a turn may move it on."""
        self.clock = clock
        self.now = clock.now()
        """The time of the turn, whatever time what was called in it has taken."""
        self._due: list[tuple[float, int, Process | None, int, Callable[[], None] | None]] = []
        self._order = itertools.count()

    def spawn(self, work: Work, ended: Callable[[Process], None]) -> Process:
        """Begin work now, after what is due now already."""
        process = Process(work, ended)
        self._push(self.now, process)
        return process

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Have something outside happen after a while: a person answers, a job calls back."""
        heapq.heappush(self._due, (self.now + seconds, next(self._order), None, 0, act))

    def fire(self, signal: Signal) -> None:
        """Wake what waits for a signal."""
        waiting, signal.waiting = signal.waiting, None
        if waiting is None or waiting[0].over or waiting[0].turn != waiting[1]:
            signal.fired = True
        else:
            self._push(self.now, waiting[0])

    def run(self, until: float | None = None) -> None:
        """Let everything happen that is due, up to a time; without one until nothing is."""
        while self._due and (until is None or self._due[0][0] <= until):
            at, _, process, turn, act = heapq.heappop(self._due)
            if process is not None and (process.over or process.turn != turn):
                continue
            self.now = max(self.now, at)
            self.clock.seconds = self.now
            if act is not None:
                act()
            elif process is not None:
                self._step(process)
        if until is not None:
            self.now = max(self.now, until)
        self.clock.seconds = self.now

    def _step(self, process: Process) -> None:
        process.turn += 1
        process.active = True
        try:
            pause = next(process.work)
        except StopIteration as stop:
            process.result = stop.value
            self._end(process)
        except StateError as error:
            process.error = error
            self._end(process)
        else:
            process.active = False
            if process.over:
                process.work.close()
            else:
                self._wait(process, pause)

    def _end(self, process: Process) -> None:
        process.active = False
        if not process.over:
            process.over = True
            process.ended(process)

    def _wait(self, process: Process, pause: Pause) -> None:
        signal = pause.signal
        if signal is not None and signal.fired:
            signal.fired = False
            self._push(self.now, process)
            return
        if signal is not None:
            signal.waiting = (process, process.turn)
        if pause.until is not None:
            self._push(max(pause.until, self.now), process)

    def _push(self, at: float, process: Process) -> None:
        heapq.heappush(self._due, (at, next(self._order), process, process.turn, None))
