"""A workflow run in memory: its state machine on a simulated clock, its steps through the runtime that AWS runs."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.drills.memory.states.machines import MemoryStates
from constructs_lib.drills.planned import function_variables, load_handler
from constructs_lib.drills.workflow_services import WorkflowServices
from constructs_lib.drills.world import World
from functions.contract.environment import Variable
from functions.contract.identity import content_hash
from functions.contract.workflow import LETTER, RECORD, RUN, Letter, RunFacts, execution_name
from functions.runtime.settings import STEP_MODE, RunnerSettings

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from constructs_lib.drills.memory.faults import Fault
    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.ledger import LedgerEntry
    from functions.runtime import Run

    Handler = Callable[[Any, Run], object]

NO_GROUP = "no-group"


@dataclass(frozen=True)
class Question:
    """A task that waits for a person or an outside job."""

    step: str
    token: str
    payload: Any


class WorkflowWorld:
    """One pipeline's state machine with the functions of its steps, on an AWS in memory."""

    def __init__(
        self,
        plan: PipelinePlan,
        handlers: Mapping[str, Handler] | None = None,
        answers: Mapping[str, Any] | None = None,
        source: random.Random | None = None,
    ) -> None:
        """``handlers`` take the place of the declared ones by function id; ``source`` draws the jitter of retries.

        ``answers`` are given at once, by step, where a person is asked.

        Raises:
            UserError: ``handler-not-importable``.
            ValueError: the plan has no workflow.
        """
        if plan.state_machine is None:
            raise ValueError(f"{plan.pipeline} has no workflow")
        self.plan = plan
        self.questions: list[Question] = []
        self._answers = dict(answers or {})
        self.worlds = self._functions(handlers or {})
        self.world = next(iter(self.worlds.values()))
        functions: dict[str, Callable[[Any], Any]] = {id: world.ask for id, world in self.worlds.items()}
        functions["ask_approval"] = self._question
        services = WorkflowServices(self.world, functions)
        self.states = MemoryStates(services.call, services, self.world.clock, source)
        self.machine = self.states.create(plan.state_machine.name, json.loads(plan.state_machine.definition))

    def _functions(self, handlers: Mapping[str, Handler]) -> dict[str, World]:
        worlds: dict[str, World] = {}
        for function in self.plan.functions:
            variables = function_variables(function)
            if variables.get(Variable.MODE) != STEP_MODE:
                continue
            settings = RunnerSettings.from_environment(variables)
            handler = handlers.get(function.id) or load_handler(function.code, function.handler)
            first = next(iter(worlds.values()), None)
            world = first.beside(handler, settings) if first else World(handler, settings)
            world.timeout = float(function.timeout)
            worlds[function.id] = world
        return worlds

    def start(
        self,
        body: Any,
        *,
        tenant: str = "default",
        token: str = "",
        redrive: int = 0,
        fields: Mapping[str, Any] | None = None,
    ) -> Execution:
        """Begin a run for a record with this body, as the function that starts executions does.

        ``fields`` are what else the record has, as its source tells: ``object``, ``path``.
        """
        text = json.dumps(body)
        token = token or content_hash(["drill", body])[:32]
        facts = RunFacts(token, f"{token}.1", tenant, f"correlation-{token[:8]}", content_hash(body), redrive=redrive)
        letter = Letter(text, {}, NO_GROUP)
        given = {
            RUN: json.loads(facts.to_json()),
            RECORD: {**(fields or {}), "body": body},
            LETTER: json.loads(letter.to_json()),
        }
        return self.states.start(self.machine, given, execution_name(token, redrive))

    def run(self, seconds: float | None = None) -> None:
        """Let everything happen that is due within so many seconds; without a number until nothing is."""
        with redirect_stdout(io.StringIO()):
            self.states.run(seconds)

    def answer(self, step: str, result: Any) -> None:
        """Answer the latest question of a step; ``KeyError`` where it no longer waits."""
        self.states.succeed_task(self._asked(step).token, result)

    def refuse(self, step: str, error: str, cause: str = "") -> None:
        """Answer it with an error; ``KeyError`` where it no longer waits."""
        self.states.fail_task(self._asked(step).token, error, cause)

    def entries(self) -> list[LedgerEntry]:
        """Return the ledger's entries in their order."""
        return self.world.entries()

    def letters(self) -> list[Message]:
        """Return the messages of the dead-letter queue."""
        return [message for url, queue in self.world.sqs.queues.items() if url.endswith("dlq") for message in queue]

    def _asked(self, step: str) -> Question:
        return next(question for question in reversed(self.questions) if question.step == step)

    def _question(self, payload: Any) -> None:
        facts = payload["step"]
        question = Question(facts["name"], facts["callback"], payload["input"])
        self.questions.append(question)
        if question.step in self._answers:
            answer = self._answers[question.step]
            self.states.scheduler.later(0, lambda: self.states.succeed_task(question.token, answer))


@dataclass(frozen=True)
class WorkflowRun:
    """What came of one run; ``elapsed`` in simulated seconds."""

    status: str
    output: Any
    error: str | None
    cause: str | None
    elapsed: float
    states: tuple[str, ...]
    """Names of the states in the order in which they were entered."""
    world: WorkflowWorld
    """The memory it ran in: ledger, letters, and what outputs were sent."""


def workflow_run(
    file: str | Path,
    body: Any,
    handlers: Mapping[str, Handler] | None = None,
    *,
    answers: Mapping[str, Any] | None = None,
    faults: Callable[[int, str], Fault | None] | None = None,
) -> WorkflowRun:
    """Run the workflow of a declaration for one record, in memory and with a simulated clock.

    ``handlers`` take the place of declared ones by the name of the step (``<step>_undo`` for its undo), ``answers`` are
    what those who approve answer at once, by step, and ``faults`` says which call to AWS goes wrong, and how.

    Raises:
        UserError: the declaration is faulty, or a handler cannot be imported.
        ValueError: it declares no workflow.
    """
    world = WorkflowWorld(plan_pipeline(load_pipeline(Path(file))), handlers, answers)
    if faults is not None:
        world.world.calls.plan = faults
    execution = world.start(body)
    world.run()
    return WorkflowRun(
        execution.status,
        execution.output,
        execution.error,
        execution.cause,
        execution.elapsed,
        tuple(world.states.entered()),
        world,
    )
