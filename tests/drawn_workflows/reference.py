"""What a declaration says that a run comes to, with no state machine in between.

Expressions are only looked up: ``{% $name %}``, ``{% $record.body.list %}`` and conditions on a step's number.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from constructs_lib.model.workflow_state import ActingState, StepRetry, WorkflowState
from constructs_lib.workflow_states.choice import Choice
from constructs_lib.workflow_states.fail import Fail
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.parallel import Parallel
from constructs_lib.workflow_states.succeed import Succeed
from constructs_lib.workflow_states.task import Task
from constructs_lib.workflow_states.wait import Wait
from functions.contract.workflow import ITEMS_TOO_MANY, NEVER_RETRIED, UNDO_FAILED
from tests.drawn_workflows.ending import Ending, Failure, Undoable, joined
from tests.drawn_workflows.script import Effect, Script, path_of, seconds_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from constructs_lib.declaration.workflow import Workflow

    Variables = dict[str, Any]
    Work = Callable[[float], Ending]

LOOKUP = re.compile(r"\{% \$([a-z_0-9]+)((?:\.[a-z_]+)*) %\}")
CONDITION = re.compile(r"\{% \$type\(\$([a-z_0-9]+)\) = 'number' and \$\1 < (\d+) %\}")
THRESHOLD = "States.ExceedToleratedFailureThreshold"


def predict(workflow: Workflow, script: Script, record: Any) -> Ending:
    """Return what a run comes to."""
    whole = _Reference(script).steps(workflow.steps, 0.0, {"record": record, "warnings": []}, ())
    return _Reference(script).closed(workflow.steps, whole, "")


def value_of(template: Any, variables: Variables) -> Any:
    """Return a template's value."""
    if isinstance(template, dict):
        return {name: value_of(one, variables) for name, one in template.items()}
    found = LOOKUP.fullmatch(template) if isinstance(template, str) else None
    if found is None:
        return template
    value = variables[found[1]]
    for name in found[2].split(".")[1:]:
        value = value[name]
    return value


class _Reference:
    """The meaning of each kind of step."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def steps(self, steps: Sequence[WorkflowState], at: float, outer: Variables, items: tuple[int, ...]) -> Ending:
        """Run a list of steps."""
        named, variables, whole = {step.name: step for step in steps}, dict(outer), Ending(at)
        step: WorkflowState | None = steps[0]
        while step is not None:
            variables["warnings"] = [*outer["warnings"], *whole.warnings]
            one = self.step(step, whole.at, variables, items)
            whole.add(one)
            whole.warnings += one.warnings
            whole.at, whole.result = one.at, one.result
            target = self._target(step, one, variables)
            if one.failure is not None and target is None:
                if isinstance(step, Fail) or not isinstance(step, ActingState) or step.critical:
                    whole.failure = one.failure
                    return whole
                whole.warnings.append({"step": step.name, "error": one.failure.error})
                whole.warned.append((one.at, path_of(step.name, items)))
                whole.result = None
            if target is None:
                variables[step.name] = whole.result
                target = self._following(step, steps)
            if one.failure is None and isinstance(step, ActingState) and step.undo is not None:
                whole.undoable.append(Undoable(step.name, items, one.result))
            step = named[target] if target else None
        return whole

    def step(self, step: WorkflowState, at: float, variables: Variables, items: tuple[int, ...]) -> Ending:
        """Run one step with its retries."""
        if isinstance(step, Task):
            given = value_of(step.input, variables)
            return self.call(step.name, step.name, given, at, items, step.retry)
        if isinstance(step, Wait):
            return Ending(at + (step.duration.total_seconds() if step.duration else 0))
        if isinstance(step, Succeed):
            return Ending(at, value_of(step.output, variables))
        if isinstance(step, Fail):
            return Ending(at, failure=Failure(step.name, step.error))
        if isinstance(step, Parallel | Map):
            return self._tried(step.retry, at, lambda begun: self._inside(step, begun, variables, items))
        return Ending(at)

    def call(self, step: str, name: str, given: Any, at: float, items: tuple[int, ...], retry: StepRetry) -> Ending:
        """Call a function until it succeeds or nothing is left of its budget."""
        path = path_of(name, items)

        def once(begun: float) -> Ending:
            error, number = self.script.call(path)
            ends = begun + seconds_of(path)
            failure = Failure(step, error) if error else None
            return Ending(ends, None if error else number, failure, [Effect(begun, path, given)])

        return self._tried(retry, at, once)

    def closed(self, steps: Sequence[WorkflowState], whole: Ending, owner: str) -> Ending:
        """Undo what a failed run, or a failed item of its own execution, has done, and send its letter."""
        if whole.failure is None:
            return whole
        undos = {step.name: step.undo for step in _all(steps) if isinstance(step, ActingState)}
        left = False
        for done in reversed(whole.undoable):
            undo = undos[done.step]
            if undo is not None:
                one = self.call(done.step, f"{done.step}_undo", done.input, whole.at, done.items, undo.retry)
                whole.effects += one.effects
                whole.at, left = one.at, left or one.failure is not None
        whole.undoable = []
        if left:
            whole.failure = Failure(whole.failure.step, UNDO_FAILED)
        whole.letters.append((whole.at, owner))
        return whole

    def _tried(self, retry: StepRetry, at: float, once: Callable[[float], Ending]) -> Ending:
        whole = Ending(at)
        for attempt in range(retry.max_attempts):
            one = once(whole.at)
            whole.add(one)
            whole.at, whole.result, whole.failure, whole.warnings = one.at, one.result, one.failure, one.warnings
            last = attempt + 1 == retry.max_attempts
            if one.failure is None or last or not _again(retry, one.failure.error):
                break
            longest = retry.interval.total_seconds() * retry.backoff_rate**attempt
            whole.at += min(longest, retry.max_delay.total_seconds())
        return whole

    def _inside(self, step: Parallel | Map, at: float, variables: Variables, items: tuple[int, ...]) -> Ending:
        works: list[Work]
        if isinstance(step, Parallel):
            names = list(step.branches)
            works = [partial(self.steps, steps, outer=variables, items=items) for steps in step.branches.values()]
            return self._at_once(step, at, works, len(works), lambda results: dict(zip(names, results, strict=True)))
        listed = value_of(step.items, variables)
        if len(listed) > step.max_items:
            return Ending(at, failure=Failure(step.name, ITEMS_TOO_MANY))
        works = [
            partial(self._item, step, variables={**variables, "item": item, "index": i}, items=(*items, i))
            for i, item in enumerate(listed)
        ]
        return self._at_once(step, at, works, step.max_concurrency, list if step.collect else len)

    def _item(self, step: Map, at: float, variables: Variables, items: tuple[int, ...]) -> Ending:
        if step.mode == "inline":
            return self.steps(step.steps, at, variables, items)
        whole = self.steps(step.steps, at, {**variables, "warnings": []}, items)
        whole.warnings = []
        whole = self.closed(step.steps, whole, path_of(step.name, items))
        whole.undoable = []
        return whole

    def _at_once(
        self,
        step: Parallel | Map,
        at: float,
        works: list[Work],
        most: int,
        shape: Callable[[list[Any]], Any],
    ) -> Ending:
        distributed = isinstance(step, Map) and step.mode == "distributed"
        endings, stopped = self._run(step, at, works, most)
        if stopped is not None:
            for one in endings:
                self._stop(one, stopped)
        whole = joined(max([at, *(one.at for one in endings)]) if stopped is None else stopped, endings)
        failed = [one.failure for one in endings if one.failure is not None]
        if stopped is not None and distributed:
            whole.failure = Failure(step.name, THRESHOLD)
        elif stopped is not None:
            whole.failure = next(one.failure for one in endings if one.failure and one.at == stopped)
            whole.warnings, whole.undoable = [], []
        elif failed and not distributed:
            whole.failure = failed[0]
        else:
            whole.result = shape([one.result for one in endings if one.failure is None])
        if whole.failure is not None:
            whole.failure = Failure(step.name, whole.failure.error)
        return whole

    def _run(self, step: Parallel | Map, at: float, works: list[Work], most: int) -> tuple[list[Ending], float | None]:
        """Run so many at once; return also when a failure stopped the rest."""
        endings: list[Ending] = []
        free: list[float] = [at] * most
        for work in works:
            begun = min(free)
            stopped = _stopped(step, endings, len(works))
            if stopped is not None and stopped <= begun:
                break
            free.remove(begun)
            endings.append(work(begun))
            free.append(endings[-1].at)
        return endings, _stopped(step, endings, len(works))

    def _stop(self, ending: Ending, at: float) -> None:
        self.script.calls.subtract(one.path for one in ending.effects if one.at > at)
        ending.until(at)
        if ending.at > at:
            ending.failure = None

    def _target(self, step: WorkflowState, one: Ending, variables: Variables) -> str | None:
        """Return where a choice or a catch leads."""
        if isinstance(step, Choice):
            return next((case.next for case in step.cases if _holds(case.when, variables)), step.default)
        if one.failure is None or not isinstance(step, ActingState):
            return None
        for catch in step.catch:
            if _means(catch.errors, one.failure.error):
                variables["error"] = {"step": step.name, "error": one.failure.error}
                return catch.next
        return None

    def _following(self, step: WorkflowState, steps: Sequence[WorkflowState]) -> str | None:
        if step.next:
            return step.next
        position = [one.name for one in steps].index(step.name) + 1
        return steps[position].name if step.falls_through() and position < len(steps) else None


def _stopped(step: Parallel | Map, endings: list[Ending], total: int) -> float | None:
    """Return when too much had failed; what can be undone inside a step lets all of it come to its end."""
    failed = sorted(one.at for one in endings if one.failure is not None)
    if isinstance(step, Map) and step.mode == "distributed":
        over = [at for number, at in enumerate(failed, 1) if number > step.tolerated_failures * total]
        return over[0] if over else None
    return failed[0] if failed and not _guarded(step) else None


def _guarded(step: WorkflowState) -> bool:
    """Return whether something inside, in the same execution, can be undone."""
    if isinstance(step, Map) and step.mode == "distributed":
        return False
    inside = [one for steps in step.scopes().values() for one in steps]
    return any((isinstance(one, ActingState) and one.undo is not None) or _guarded(one) for one in inside)


def _all(steps: Sequence[WorkflowState]) -> Iterator[WorkflowState]:
    for step in steps:
        yield step
        for inside in step.scopes().values():
            yield from _all(inside)


def _holds(condition: str, variables: Variables) -> bool:
    found = CONDITION.fullmatch(condition)
    if found is None:
        raise ValueError(f"not a condition of these tests: {condition}")
    value = variables[found[1]]
    return isinstance(value, int) and value < int(found[2])


def _again(retry: StepRetry, error: str) -> bool:
    if "States.ALL" in retry.errors:
        return error not in (*NEVER_RETRIED, ITEMS_TOO_MANY)
    return error in retry.errors


def _means(errors: Sequence[str], error: str) -> bool:
    return "States.ALL" in errors or error in errors
