"""What a declaration says that a run comes to, with no state machine in between."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from constructs_lib.model.workflow_state import ActingState, WorkflowState
from constructs_lib.workflow_states.choice import Choice
from constructs_lib.workflow_states.fail import Fail
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.parallel import Parallel
from constructs_lib.workflow_states.succeed import Succeed
from constructs_lib.workflow_states.wait import Wait
from constructs_lib.workflow_states.workflow import SubWorkflow
from functions.contract.workflow import ITEMS_TOO_MANY, UNDO_FAILED
from tests.drawn_workflows.acting import TIMEOUT, Acting, Standing, tried
from tests.drawn_workflows.ending import Ending, Failure, Undoable, joined
from tests.drawn_workflows.lists import ROWS, chunks
from tests.drawn_workflows.lookup import holds, value_of
from tests.drawn_workflows.script import path_of
from tests.drawn_workflows.structure import covers, every, following, guarded, loops, means, parts_of, visit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from constructs_lib.declaration.workflow import Workflow
    from tests.drawn_workflows.script import Script

    Work = Callable[[float], Ending]

THRESHOLD, FAILED_BELOW = "States.ExceedToleratedFailureThreshold", "States.TaskFailed"


def predict(
    workflow: Workflow,
    script: Script,
    record: Any,
    others: Mapping[str, Workflow],
    kept: dict[str, int] | None = None,
) -> Ending:
    """Return what a run comes to; ``others`` are the workflows of other pipelines.

    ``kept`` are the results that are given again, by step, item and visit: the run adds its own and takes away what it
    has undone. Without it every call is made.
    """
    reference = Reference(script, others, kept)
    place = Standing({"record": record, "warnings": []})
    whole = reference.closed(workflow.steps, reference.steps(workflow.steps, 0.0, place), place)
    limit = workflow.timeout.total_seconds()
    if whole.at > limit:
        reference.stop(whole, limit)
        whole.at, whole.result, whole.failure, whole.cut = limit, None, Failure("", TIMEOUT), True
    if workflow.type == "express":
        whole.letters, whole.warned = [], []
    return whole


@dataclass
class _Work:
    """What runs at the same time, and how many items each of it stands for."""

    works: list[Work]
    sizes: list[int]
    most: int
    shape: Callable[[list[Any]], Any]


class Reference(Acting):
    """The meaning of lists of steps, and of steps with steps inside."""

    def __init__(self, script: Script, others: Mapping[str, Workflow], kept: dict[str, int] | None = None) -> None:
        super().__init__(script, kept)
        self.others = others

    def steps(self, steps: Sequence[WorkflowState], at: float, outer: Standing) -> Ending:
        """Run a list of steps."""
        named, variables, whole = {step.name: step for step in steps}, dict(outer.variables), Ending(at)
        visits: Counter[str] = Counter()
        step: WorkflowState | None = steps[0]
        while step is not None:
            variables["warnings"] = [*outer.variables["warnings"], *whole.warnings]
            own = visits[step.name] if isinstance(step, ActingState) and loops(step, steps) else None
            visits[step.name] += 1
            place = replace(outer, variables=variables, visit=visit_of(outer.visit, own))
            one = self.step(step, whole.at, place)
            whole.add(one)
            whole.warnings += one.warnings
            whole.at, whole.result = one.at, one.result
            target = self._target(step, one, variables)
            if one.failure is not None and target is None:
                if isinstance(step, Fail) or not isinstance(step, ActingState) or step.critical:
                    whole.failure = one.failure
                    return whole
                whole.warnings.append({"step": step.name, "error": one.failure.error})
                whole.warned.append((one.at, path_of(step.name, place.items, place.visit or 0)))
                whole.result = None
            if target is None:
                variables[step.name] = whole.result
                target = following(step, steps)
            if one.failure is None and isinstance(step, ActingState) and step.undo is not None:
                whole.undoable.append(Undoable(step.name, place.items, place.visit or 0, one.result))
            step = named[target] if target else None
        return whole

    def step(self, step: WorkflowState, at: float, place: Standing) -> Ending:
        """Run one step with its retries."""
        if not isinstance(step, ActingState):
            return _passed(step, at, place)
        if isinstance(step, Parallel | Map):
            return tried(step.retry, at, lambda begun: self._inside(step, begun, place))
        if isinstance(step, SubWorkflow):
            one = tried(step.retry, at, lambda begun: self._below(step, begun, place))
            below = one.failure.below if one.failure else ""
            return replace(one, failure=Failure(step.name, below)) if below else one
        return self.act(step, at, place)

    def closed(self, steps: Sequence[WorkflowState], whole: Ending, place: Standing) -> Ending:
        """Undo what a failed run, or a failed item of its own execution, has done, and send its letter."""
        if whole.failure is None:
            return whole
        acting = {step.name: step for step in every(steps) if isinstance(step, ActingState)}
        left = False
        for done in reversed(whole.undoable):
            step = acting[done.step]
            if step.undo is not None:
                where = Standing({}, done.items, done.visit, place.prefix)
                one = self.call(done.step, f"{done.step}_undo", done.input, whole.at, where, step.undo.retry)
                whole.effects += one.effects
                whole.at, left = one.at, left or one.failure is not None
                if one.failure is None and one.effects:
                    one.effects[-1].forgot.update(self._forget(step, done))
        whole.undoable = []
        if left:
            whole.failure = Failure(whole.failure.step, UNDO_FAILED)
        whole.letters.append((whole.at, whole.failure.error))
        return whole

    def _forget(self, step: WorkflowState, done: Undoable) -> dict[str, int]:
        """Let what was taken back be done again; return what was kept of it."""
        known, taken = self.kept if self.kept is not None else {}, parts_of(step)
        return {key: known.pop(key) for key in list(known) if covers(key, taken, done.items, done.visit)}

    def stop(self, ending: Ending, at: float) -> None:
        """Let nothing of what would have happened later have happened."""
        late = [one for one in ending.effects if one.at > at]
        self.script.calls.subtract(one.path for one in late)
        known = self.kept if self.kept is not None else {}
        for one in reversed(late):
            known |= one.forgot
            known.pop(one.kept, None)
        ending.until(at)
        if ending.at > at:
            ending.failure = None

    def _below(self, step: SubWorkflow, at: float, place: Standing) -> Ending:
        """Run another workflow; the letter of the run above stands for both."""
        workflow, limit = self.others[step.pipeline], at + step.timeout.total_seconds()
        body = value_of(step.input, place.variables)
        inside = Standing({"record": {"body": body}, "warnings": []}, (), None, place.path(step.name) + "/")
        whole = self.closed(workflow.steps, self.steps(workflow.steps, at, inside), inside)
        whole.warnings, whole.warned, whole.undoable, whole.letters = [], [], [], []
        if whole.at > limit:
            self.stop(whole, limit)
            whole.at, whole.failure = limit, Failure(step.name, TIMEOUT)
        elif whole.failure is not None:
            whole.failure = Failure(step.name, FAILED_BELOW, whole.failure.error)
        if whole.failure is not None:
            whole.result = None
        return whole

    def _inside(self, step: Parallel | Map, at: float, place: Standing) -> Ending:
        if isinstance(step, Parallel):
            names = list(step.branches)
            works: list[Work] = [partial(self.steps, steps, outer=place) for steps in step.branches.values()]
            shape: Callable[[list[Any]], Any] = lambda results: dict(zip(names, results, strict=True))  # noqa: E731
            return self._at_once(step, at, _Work(works, [1] * len(works), len(works), shape))
        listed = ROWS[str(step.source.key)][1] if step.source else value_of(step.items, place.variables)
        if step.source is None and len(listed) > step.max_items:
            return Ending(at, failure=Failure(step.name, ITEMS_TOO_MANY))
        batches = chunks(listed[: step.max_items + 1], step.batch_size)
        works = [partial(self._item, step, place=place, first=first, batch=batch) for first, batch in batches]
        sizes = [len(batch) for _, batch in batches]
        return self._at_once(step, at, _Work(works, sizes, step.max_concurrency, list if step.collect else len))

    def _item(self, step: Map, at: float, place: Standing, first: int, batch: list[Any]) -> Ending:
        told = {"items": batch} if step.batch_size else {"item": batch[0]}
        inside = replace(
            place,
            variables={**place.variables, **told, "index": first},
            items=(*place.items, first),
            prefix=place.prefix,
        )
        if step.mode == "inline":
            return self.steps(step.steps, at, inside)
        if first + len(batch) > step.max_items:
            return Ending(at, ITEMS_TOO_MANY)
        whole = self.steps(step.steps, at, replace(inside, variables={**inside.variables, "warnings": []}))
        whole.warnings = []
        whole = self.closed(step.steps, whole, inside)
        whole.undoable = []
        return whole

    def _at_once(self, step: Parallel | Map, at: float, inside: _Work) -> Ending:
        distributed = isinstance(step, Map) and step.mode == "distributed"
        endings, stopped = self._run(step, at, inside)
        if stopped is not None:
            for one in endings:
                self.stop(one, stopped)
        whole = joined(max([at, *(one.at for one in endings)]) if stopped is None else stopped, endings)
        failed = [one.failure for one in endings if one.failure is not None]
        if stopped is not None and distributed:
            whole.failure = Failure(step.name, THRESHOLD)
        elif stopped is not None:
            whole.failure = next(one.failure for one in endings if one.failure and one.at == stopped)
            whole.warnings, whole.undoable = [], []
        elif failed and not distributed:
            whole.failure = failed[0]
        elif any(one.result == ITEMS_TOO_MANY for one in endings):
            whole.failure = Failure(step.name, ITEMS_TOO_MANY)
        else:
            whole.result = inside.shape([one.result for one in endings if one.failure is None])
        if whole.failure is not None:
            whole.failure = Failure(step.name, whole.failure.error)
        return whole

    def _run(self, step: Parallel | Map, at: float, inside: _Work) -> tuple[list[Ending], float | None]:
        """Run so many at once; return also when a failure stopped the rest."""
        endings: list[Ending] = []
        free: list[float] = [at] * inside.most
        for work in inside.works:
            begun = min(free)
            stopped = _stopped(step, endings, inside.sizes)
            if stopped is not None and stopped <= begun:
                break
            free.remove(begun)
            endings.append(work(begun))
            free.append(endings[-1].at)
        return endings, _stopped(step, endings, inside.sizes)

    def _target(self, step: WorkflowState, one: Ending, variables: dict[str, Any]) -> str | None:
        """Return where a choice or a catch leads."""
        if isinstance(step, Choice):
            return next((case.next for case in step.cases if holds(case.when, variables)), step.default)
        if one.failure is None or not isinstance(step, ActingState):
            return None
        for catch in step.catch:
            if means(catch.errors, one.failure.error):
                variables["error"] = {"step": step.name, "error": one.failure.error}
                return catch.next
        return None


def _passed(step: WorkflowState, at: float, place: Standing) -> Ending:
    """Return what a step that does nothing comes to."""
    if isinstance(step, Wait):
        return Ending(at + (step.duration.total_seconds() if step.duration else 0))
    if isinstance(step, Fail):
        return Ending(at, failure=Failure(step.name, step.error))
    return Ending(at, value_of(step.output, place.variables) if isinstance(step, Succeed) else None)


def _stopped(step: Parallel | Map, endings: list[Ending], sizes: list[int]) -> float | None:
    """Return when too much had failed; what can be undone inside a step lets all of it come to its end."""
    failed = sorted((one.at, size) for one, size in zip(endings, sizes, strict=False) if one.failure is not None)
    if isinstance(step, Map) and step.mode == "distributed":
        lost = 0
        for at, size in failed:
            lost += size
            if lost > step.tolerated_failures * sum(sizes):
                return at
        return None
    return failed[0][0] if failed and not guarded(step) else None
