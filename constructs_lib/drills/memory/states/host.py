"""What states need of the one who runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from constructs_lib.drills.memory.clock import Clock
    from constructs_lib.drills.memory.states.calls import OpenTask, TaskCall
    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.memory.states.readers import Objects
    from constructs_lib.drills.memory.states.scheduler import Scheduler, Work


class Host(Protocol):
    """Step Functions, as a state sees it."""

    call: Callable[[TaskCall], Any]
    objects: Objects
    clock: Clock
    random: random.Random
    scheduler: Scheduler
    kinds: Mapping[str, Callable[[Any], Work]]
    tasks: dict[str, OpenTask]

    @property
    def now(self) -> float:
        """The time of the turn, in seconds since 1970."""

    def start(self, machine: str, value: Any, name: str = "") -> Execution:
        """Begin an execution of a machine."""

    def begin(self, machine: str, name: str, definition: Mapping[str, Any], value: Any) -> Execution:
        """Begin an execution of a definition."""

    def abort(self, execution: Execution) -> None:
        """End an execution that still runs."""

    def new_token(self) -> str:
        """Return a task token."""

    def map_runs(self) -> Mapping[str, int]:
        """Return how many items each run of a distributed map has had."""

    def map_run(self, execution: Execution, state: str) -> str:
        """Return the ARN of a new run of a distributed map."""

    def note(self, execution: Execution, kind: str, state: str, detail: Any) -> None:
        """Write a line of the history."""
