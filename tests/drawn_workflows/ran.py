"""A workflow run by the runtime that AWS runs, in memory: scripted handlers, deaths at calls, and what stands after."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.machines import AlreadyExistsError
from constructs_lib.drills.workflows import WorkflowWorld
from functions.contract.message import FAILURE
from functions.runtime.errors import Permanent
from tests.drawn_workflows.lists import BUCKET, LISTS, OBJECTS
from tests.drawn_workflows.script import PENDING, SILENCE, Effect, answer_after, path_of, seconds_of
from tests.drawn_workflows.structure import covers, every, parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.drills.memory.faults import Fault
    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.workflow import StepFacts
    from functions.runtime import Run
    from tests.drawn_workflows.script import Script

NOT_TRIED = ("PlatformBusy", "StepInFlight")
"""Failures of the runtime's own, after which the same try is made again."""


class Ran(WorkflowWorld):
    """One pipeline's runs of one record."""

    def __init__(self, plan: PipelinePlan, workflow: Workflow, script: Script) -> None:
        """``script`` says how the calls of handlers end; a call that nobody has heard of ends so again."""
        self.script = script
        self.effects: list[Effect] = []
        self.answered: set[str] = set()
        """Tokens of the effects that the state machine knows of."""
        self.repeated: list[str] = []
        """Steps that were done although their effect was known."""
        self.standing: set[str] = set()
        """Steps that were done and not taken back, by item and visit."""
        self._inside = {step.name: parts_of(step) for step in every(workflow.steps)}
        self._unheard: dict[str, tuple[StepFacts, str, str | None]] = {}
        """What handlers have come to, by step, item and visit, and the state machine does not know."""

        def work(given: Any, run: Run) -> Any:
            return self._work(given, run)

        super().__init__(plan, {one.id: work for one in plan.functions if one.code.origin != "platform"})
        self.began = self.states.now
        self.world.s3.objects |= {f"s3://{BUCKET}/{key}": text.encode() for key, text in OBJECTS.items()}

    def go(self, redrive: int = 0) -> Execution:
        """Run to the end; the message that starts it comes twice."""
        self.began, self.effects = self.states.clock.now(), []
        execution = self.start(LISTS, redrive=redrive)
        assert self.start(LISTS, redrive=redrive) is execution
        self.run()
        ended, done = execution.status, len(self.effects)
        try:
            self.start(LISTS, redrive=redrive)
        except AlreadyExistsError:
            self.run()
        assert (execution.status, len(self.effects)) == (ended, done)
        return execution

    def break_at(self, faults: Mapping[int, Fault]) -> None:
        """Let calls to AWS go wrong, counted from now on."""
        done = len(self.world.calls.names)
        self.world.calls.plan = lambda index, _name: faults.get(index - done)

    def letters_of(self) -> list[str]:
        """Return the errors of the letters, in order."""
        return [_error_of(letter.attributes[FAILURE]["StringValue"]) for letter in self.letters()]

    def ends(self) -> list[tuple[str, str | None]]:
        """Return what the ledger says of the run as a whole: status, and error."""
        found = [entry for entry in self.entries() if entry.step is None]
        return [(entry.status.value, entry.error_type) for entry in found]

    def asked(self, function: str, payload: Any) -> Any:
        """Call a function, and note whether the state machine hears what came of it, now or of an earlier try."""
        facts = payload["step"]
        visit = path_of(facts["name"], facts["items"], facts.get("visit", 0))
        try:
            answer = super().asked(function, payload)
        except Exception as error:
            if visit in self._unheard and type(error).__name__ not in NOT_TRIED:
                self.script.call(_path(self._unheard.pop(visit)[0]))
            raise
        if visit in self._unheard:
            self._heard(*self._unheard.pop(visit))
        return answer

    def _heard(self, step: StepFacts, token: str, error: str | None) -> None:
        self.script.call(_path(step))
        if error == PENDING or step.callback:
            return
        self.answered.add(token)
        if step.name.endswith("_undo"):
            names, items = self._inside[step.name.removesuffix("_undo")], numbers(step)
            self.standing = {one for one in self.standing if not covers(one, names, items, step.visit)}
        elif not step.name.endswith("_check"):
            self.standing.add(path_of(step.name, numbers(step), step.visit))

    def _work(self, given: Any, run: Run) -> Any:
        step = run.step
        assert step is not None
        path = _path(step)
        self.effects.append(Effect(self.states.now - self.began, path, given))
        if run.token in self.answered and not step.name.endswith("_check"):
            self.repeated.append(path)
        self.states.clock.advance(seconds_of(path))
        error, number = self.script.next(path)
        self._unheard[path_of(step.name, numbers(step), step.visit)] = (step, run.token, error)
        if step.callback:
            self.states.scheduler.later(answer_after(path), partial(self._reply, step.callback, error, number))
            return None
        if error == PENDING:
            return None
        if error is not None:
            raise Permanent("told") if error == "Permanent" else type(error, (Exception,), {})("told")
        return number

    def _reply(self, callback: str, error: str | None, number: int) -> None:
        if callback not in self.states.tasks or error == SILENCE:
            return
        if error is None:
            self.states.succeed_task(callback, number)
        else:
            self.states.fail_task(callback, error, "told")


def _path(step: StepFacts) -> str:
    return path_of(step.name, numbers(step))


def numbers(step: StepFacts) -> tuple[int, ...]:
    """Return the numbers of a step's items."""
    return tuple(int(item) for item in step.items)


def _error_of(failure: str) -> str:
    from functions.contract.message import Failure

    return Failure.from_json(failure).error_type
