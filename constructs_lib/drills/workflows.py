"""A workflow run in memory: its state machine on a simulated clock, its steps through the runtime that AWS runs."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.drills.given import Given
from constructs_lib.drills.memory.states.machines import MemoryStates
from constructs_lib.drills.planned import function_variables, load_handler, made_up_secrets
from constructs_lib.drills.workflow_services import WorkflowServices
from constructs_lib.drills.world import World
from functions.contract.environment import Variable
from functions.contract.identity import content_hash
from functions.contract.workflow import APPROVAL_REJECTED, LETTER, RECORD, RUN, Letter, RunFacts, execution_name
from functions.runtime.settings import STEP_MODE, RunnerSettings

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Mapping

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


@dataclass(frozen=True)
class Refusal:
    """An answer that makes the step fail, as ``pipelines approval reject`` does."""

    cause: str = ""
    error: str = APPROVAL_REJECTED
    """Name of the error; that of an outside job is its own."""


class WorkflowWorld:
    """One pipeline's state machine with the functions of its steps, on an AWS in memory."""

    def __init__(
        self,
        plan: PipelinePlan,
        handlers: Mapping[str, Handler] | None = None,
        answers: Mapping[str, Any] | None = None,
        source: random.Random | None = None,
        given: Given | None = None,
    ) -> None:
        """``handlers`` take the place of the declared ones by function id; ``source`` draws the jitter of retries.

        ``answers`` are given at once, by step, where a person is asked; a ``Refusal`` says no. ``given`` is what stands
        in stores and secrets before.

        Raises:
            UserError: ``handler-not-importable``.
            ValueError: the plan has no workflow, or not what a handler or an answer is for.
        """
        if plan.state_machine is None:
            raise ValueError(f"{plan.pipeline} has no workflow")
        self.plan = plan
        self.questions: list[Question] = []
        self._answers = dict(answers or {})
        _require("answer", self._answers, (step.name for step in plan.state_machine.steps))
        self.worlds = self._functions(handlers or {})
        _require("handler", handlers or {}, self.worlds)
        self.world = next(iter(self.worlds.values()))
        (given or Given()).put_into(self.world)
        functions: dict[str, Callable[[Any], Any]] = {id: partial(self.asked, id) for id in self.worlds}
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
            world.secrets |= made_up_secrets(settings)
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
        facts = RunFacts(
            token, f"message-{token[:8]}.1", tenant, f"correlation-{token[:8]}", content_hash(body), redrive=redrive
        )
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

    def asked(self, function: str, payload: Any) -> Any:
        """Return what a function of a step answers when the state machine calls it."""
        return self.worlds[function].ask(payload)

    def entries(self) -> list[LedgerEntry]:
        """Return the ledger's entries in their order."""
        return self.world.entries()

    @property
    def stores(self) -> Mapping[str, Any]:
        """The declared stores in memory: ``items`` of a table, ``objects`` of a bucket."""
        return self.world.all_stores

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
            self.states.scheduler.later(0, lambda: self._answer(question, answer))

    def _answer(self, question: Question, answer: Any) -> None:
        if isinstance(answer, Refusal):
            self.states.fail_task(question.token, answer.error, answer.cause)
        else:
            self.states.succeed_task(question.token, answer)


def _require(what: str, told: Iterable[str], known: Iterable[str]) -> None:
    allowed = sorted(known)
    for name in sorted(set(told) - set(allowed)):
        raise ValueError(f"there is nothing to take the {what} of {name!r}; there are {', '.join(allowed)}")


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
    what those who approve answer at once, by step, a ``Refusal`` where they say no, and ``faults`` says which call to
    AWS goes wrong, and how. Stores and secrets begin as ``samples/<pipeline>.given.json`` beside the declaration says.

    Raises:
        UserError: the declaration is faulty, or a handler cannot be imported.
        ValueError: it declares no workflow, or no such step as a handler or an answer is for.
    """
    plan = plan_pipeline(load_pipeline(Path(file)))
    given = Given.of(Path(file).parent / "samples" / f"{plan.pipeline}.given.json")
    world = WorkflowWorld(plan, handlers, answers, given=given)
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
