"""Tasks that run one at a time and change only where they say so: the order of a seed is the same in every run."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock, Thread
from typing import TYPE_CHECKING

from constructs_lib.drills.memory.faults import Crash

if TYPE_CHECKING:
    from collections.abc import Callable


def _taken() -> Lock:
    lock = Lock()
    lock.acquire()
    return lock


@dataclass(eq=False)
class Task:
    """Something under way; ``error`` is what ended it unexpectedly."""

    act: Callable[[], None]
    done: bool = False
    error: BaseException | None = None
    turn: Lock = field(default_factory=_taken)


class Baton:
    """Who holds it runs; everybody else waits in a thread of its own."""

    def __init__(self) -> None:
        """Nobody runs yet."""
        self.running: list[Task] = []
        self.holder: Task | None = None
        self._back = _taken()
        self._over = False

    def start(self, act: Callable[[], None]) -> Task:
        """Return a task that begins with its first step."""
        task = Task(act)
        self.running.append(task)
        Thread(target=self._live, args=(task,), daemon=True).start()
        return task

    def step(self, task: Task) -> None:
        """Let a task run until it pauses or ends; raises what ended it unexpectedly."""
        self.holder = task
        task.turn.release()
        self._back.acquire()
        self.holder = None
        if task.done:
            self.running.remove(task)
        if task.error is not None:
            raise task.error

    def pause(self) -> None:
        """Hand the baton back, and wait until it comes again; outside of a task nothing happens."""
        task = self.holder
        if task is None:
            return
        self._back.release()
        task.turn.acquire()
        if self._over:
            raise Crash("the simulation is over")

    def abandon(self) -> None:
        """End every task where it stands."""
        self._over = True
        for task in list(self.running):
            task.error = None
            self.holder = task
            task.turn.release()
            self._back.acquire()
        self.running.clear()
        self.holder = None

    def _live(self, task: Task) -> None:
        task.turn.acquire()
        try:
            if not self._over:
                task.act()
        except BaseException as error:
            task.error = error
        finally:
            task.done = True
            self._back.release()
