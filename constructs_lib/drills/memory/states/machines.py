"""State machines in memory, their executions, and what happened in them."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.clock import Clock
from constructs_lib.drills.memory.states import branches, distributed, flow, tasks
from constructs_lib.drills.memory.states.definition import check_definition
from constructs_lib.drills.memory.states.errors import TIMEOUT, StateError
from constructs_lib.drills.memory.states.execution import ABORTED, FAILED, RUNNING, SUCCEEDED, TIMED_OUT, Execution
from constructs_lib.drills.memory.states.flow import run_states
from constructs_lib.drills.memory.states.scheduler import Pause, Scheduler
from constructs_lib.drills.memory.states.scope import within_limit
from constructs_lib.drills.memory.states.visit import Frame

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.drills.memory.states.calls import OpenTask, TaskCall
    from constructs_lib.drills.memory.states.flow import Step
    from constructs_lib.drills.memory.states.readers import Objects
    from constructs_lib.drills.memory.states.scheduler import Process, Work
    from constructs_lib.drills.memory.states.visit import Visit

ACCOUNT = "arn:aws:states:eu-central-1:111122223333"
LIMIT_OF_NAME = 80


@dataclass(frozen=True)
class Event:
    """One line of the history."""

    at: float
    execution: str
    kind: str
    """``entered``, ``exited``, ``failed``, ``retried`` or ``caught``."""
    state: str
    detail: Any


class AlreadyExistsError(ValueError):
    """An execution of this name has had another input, or has ended (ExecutionAlreadyExists)."""


class MemoryStates:
    """Step Functions: machines by ARN, executions by ARN, and the tasks whose tokens are out."""

    def __init__(
        self,
        call: Callable[[TaskCall], Any],
        objects: Objects,
        clock: Clock | None = None,
        source: random.Random | None = None,
    ) -> None:
        """``call`` does what a task asks for and may move the clock on; ``source`` draws jitter and ids."""
        self.call = call
        self.objects = objects
        self.clock = clock or Clock()
        self.random = source or random.Random(0)
        self.scheduler = Scheduler(self.clock)
        self.kinds: Mapping[str, Callable[[Any], Work]] = KINDS
        self.machines: dict[str, Mapping[str, Any]] = {}
        self.executions: dict[str, Execution] = {}
        self.tasks: dict[str, OpenTask] = {}
        self.history: list[Event] = []
        self._numbers = itertools.count(1)

    @property
    def now(self) -> float:
        """The time of the turn, in seconds since 1970."""
        return self.scheduler.now

    def create(self, name: str, definition: Mapping[str, Any]) -> str:
        """Take a state machine and return its ARN.

        Raises:
            DefinitionError: what CreateStateMachine refuses.
        """
        check_definition(definition)
        arn = f"{ACCOUNT}:stateMachine:{name}"
        self.machines[arn] = definition
        return arn

    def map_runs(self) -> dict[str, int]:
        """Return how many items each run of a distributed map has had."""
        found: dict[str, int] = {}
        for one in self.executions.values():
            if ":mapRun:" in one.machine:
                items = one.input.get("Items") if isinstance(one.input, dict) else None
                found[one.machine] = found.get(one.machine, 0) + (len(items) if isinstance(items, list) else 1)
        return found

    def start(self, machine: str, value: Any, name: str = "") -> Execution:
        """Begin an execution; one of the same name and input that still runs is returned as it is.

        Raises:
            AlreadyExistsError: the name was used.
        """
        name = name or f"execution-{next(self._numbers)}"
        known = self.executions.get(_execution_arn(machine, name))
        if known is not None:
            if known.status != RUNNING or known.input != value:
                raise AlreadyExistsError(name)
            return known
        return self.begin(machine, name, self.machines[machine], value)

    def begin(self, machine: str, name: str, definition: Mapping[str, Any], value: Any) -> Execution:
        """Begin an execution of a definition."""
        self.scheduler.now = max(self.scheduler.now, self.clock.now())
        arn = _execution_arn(machine, name)
        execution = Execution(arn, name, machine, value, self.now, definition)
        self.executions[arn] = execution
        main = self.scheduler.spawn(self._main(execution), lambda process: self._over(execution, process))
        execution.processes.append(main)
        if "TimeoutSeconds" in definition:
            timer = self._timer(execution, definition["TimeoutSeconds"])
            execution.processes.append(self.scheduler.spawn(timer, lambda _: None))
        return execution

    def run(self, seconds: float | None = None) -> None:
        """Let everything happen that is due within so many seconds; without a number, until nothing is."""
        self.scheduler.run(None if seconds is None else self.now + seconds)

    def abort(self, execution: Execution) -> None:
        """End an execution that still runs."""
        self._end(execution, ABORTED)

    def succeed_task(self, token: str, output: Any) -> None:
        """Answer a task's token; ``KeyError`` where it no longer waits."""
        task = self.tasks[token]
        task.answered, task.output = True, output
        self.scheduler.fire(task.signal)

    def fail_task(self, token: str, error: str, cause: str = "") -> None:
        """Answer a task's token with an error; ``KeyError`` where it no longer waits."""
        task = self.tasks[token]
        task.answered, task.error = True, StateError(error, cause)
        self.scheduler.fire(task.signal)

    def beat(self, token: str) -> None:
        """Give a sign of life; ``KeyError`` where the task no longer waits."""
        task = self.tasks[token]
        task.beaten = self.now
        self.scheduler.fire(task.signal)

    def new_token(self) -> str:
        """Return a task token."""
        return f"token-{next(self._numbers)}"

    def map_run(self, execution: Execution, state: str) -> str:
        """Return the ARN of a new run of a distributed map."""
        machine = execution.machine.rpartition(":")[2]
        return f"{ACCOUNT}:mapRun:{machine}/{state}:{next(self._numbers)}"

    def note(self, execution: Execution, kind: str, state: str, detail: Any) -> None:
        """Write a line of the history."""
        self.history.append(Event(self.now, execution.arn, kind, state, detail))

    def entered(self, execution: Execution | None = None) -> list[str]:
        """Return the names of the states in the order in which they were entered."""
        wanted = None if execution is None else execution.arn
        return [one.state for one in self.history if one.kind == "entered" and wanted in (None, one.execution)]

    def _main(self, execution: Execution) -> Work:
        value = within_limit(execution.input, "input")
        return (yield from run_states(Frame(self, execution), execution.definition, value))

    def _timer(self, execution: Execution, seconds: int) -> Work:
        yield Pause(execution.started + seconds)
        self._end(execution, TIMED_OUT, TIMEOUT)

    def _end(self, execution: Execution, status: str, error: str | None = None) -> None:
        if execution.status == RUNNING:
            execution.status, execution.error = status, error
            self._close(execution)

    def _over(self, execution: Execution, process: Process) -> None:
        if process.error is None:
            execution.status, execution.output = SUCCEEDED, process.result
        else:
            execution.status = FAILED
            execution.error, execution.cause = process.error.error, process.error.cause
        self._close(execution)

    def _close(self, execution: Execution) -> None:
        execution.stopped = self.now
        for process in execution.processes:
            process.stop()
        for signal in execution.ended:
            self.scheduler.fire(signal)


def _execution_arn(machine: str, name: str) -> str:
    return f"{machine.replace(':stateMachine:', ':execution:').replace(':mapRun:', ':execution:')}:{name}"


def _map_state(visit: Visit) -> Step:
    mode = visit.state["ItemProcessor"].get("ProcessorConfig", {}).get("Mode", "INLINE")
    return distributed.distributed_state(visit) if mode == "DISTRIBUTED" else branches.map_state(visit)


KINDS: Mapping[str, Callable[[Visit], Step]] = {
    "Choice": flow.choice_state,
    "Fail": flow.fail_state,
    "Map": _map_state,
    "Parallel": branches.parallel_state,
    "Pass": flow.pass_state,
    "Succeed": flow.succeed_state,
    "Task": tasks.task_state,
    "Wait": flow.wait_state,
}
