"""What one step that acts comes to: calls, answers, outside work, messages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from constructs_lib.workflow_states.approval import ApprovalStep
from constructs_lib.workflow_states.job import Job
from constructs_lib.workflow_states.send import Send
from constructs_lib.workflow_states.task import Task
from functions.contract.workflow import APPROVAL_EXPIRED, APPROVAL_REJECTED
from tests.drawn_workflows.ending import Ending, Failure
from tests.drawn_workflows.lookup import value_of
from tests.drawn_workflows.script import PENDING, SILENCE, Effect, Script, answer_after, path_of, seconds_of
from tests.drawn_workflows.structure import again

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from constructs_lib.model.workflow_state import StepRetry, WorkflowState

    Once = Callable[[float], Ending]

TIMEOUT, HEARTBEAT = "States.Timeout", "States.HeartbeatTimeout"


@dataclass(frozen=True)
class Standing:
    """Where a step is met: for which items, on which visit, with which variables; ``prefix`` is of a run below."""

    variables: dict[str, Any]
    items: tuple[int, ...] = ()
    visit: int | None = None
    prefix: str = ""

    def path(self, name: str) -> str:
        """Return the step as a script names it: all visits are of one path."""
        return self.prefix + path_of(name, self.items)


@dataclass
class Acting:
    """The meaning of steps without steps inside; ``kept`` are results of steps that are not done again."""

    script: Script
    kept: dict[str, int] | None = None
    """By step, item and visit; None where every call is made."""

    def act(self, step: WorkflowState, at: float, place: Standing) -> Ending:
        """Run one step with its retries."""
        if isinstance(step, Task) and step.callback:
            silence = step.heartbeat.total_seconds() if step.heartbeat else None
            limit = step.timeout.total_seconds() if step.timeout else 0.0
            given = value_of(step.input, place.variables)
            return tried(step.retry, at, lambda begun: self._answered(step, begun, place, given, limit, silence))
        if isinstance(step, Task):
            given = value_of(step.input, place.variables)
            return self.call(step.name, step.name, given, at, place, step.retry)
        if isinstance(step, ApprovalStep):
            return self._gate(step, at, place)
        if isinstance(step, Job):
            return self._job(step, at, place)
        if isinstance(step, Send):
            return self._send(step, at, place)
        raise TypeError(f"{step.type} is no step of drawn workflows")

    def call(self, step: str, name: str, given: Any, at: float, place: Standing, retry: StepRetry) -> Ending:
        """Call a function until it succeeds or nothing is left of its budget."""
        return tried(retry, at, lambda begun: self._once(step, name, given, begun, place))

    def _once(self, step: str, name: str, given: Any, begun: float, place: Standing) -> Ending:
        path, visit = place.path(name), path_of(name, place.items, place.visit or 0)
        if self.kept is not None and visit in self.kept:
            return Ending(begun, self.kept[visit])
        error, number = self.script.call(path)
        failure = Failure(step, error) if error not in (None, PENDING) else None
        result = None if error else number
        keeps = result is not None and not name.endswith("_check") and not name.startswith("send")
        if keeps and self.kept is not None:
            self.kept[visit] = number
        effects = [Effect(begun, path, given, visit if keeps else "")]
        return Ending(begun + seconds_of(path), result, failure, effects)

    def _answered(
        self, step: WorkflowState, begun: float, place: Standing, given: Any, limit: float, silence: float | None
    ) -> Ending:
        """Return what comes of a question: an answer, a refusal, or silence until its end."""
        path = place.path(step.name)
        error, number = self.script.call(path)
        effects = [Effect(begun, path, given)]
        patience = limit if silence is None else min(limit, silence)
        after = answer_after(path)
        if error == SILENCE or after > patience:
            late = TIMEOUT if patience == limit else HEARTBEAT
            return Ending(begun + patience, None, Failure(step.name, late), effects)
        failure = Failure(step.name, error) if error else None
        return Ending(begun + after, None if error else number, failure, effects)

    def _gate(self, step: ApprovalStep, at: float, place: Standing) -> Ending:
        given, limit = value_of(step.message, place.variables), step.timeout.total_seconds()

        def once(begun: float) -> Ending:
            one = self._answered(step, begun, place, given, limit, None)
            late = one.failure is not None and one.failure.error == TIMEOUT
            return replace(one, failure=Failure(step.name, APPROVAL_EXPIRED)) if late else one

        return tried(step.retry, at, once, (APPROVAL_REJECTED, APPROVAL_EXPIRED))

    def _job(self, step: Job, at: float, place: Standing) -> Ending:
        given = value_of(step.start.input, place.variables)
        whole = self.call(step.name, f"{step.name}_start", given, at, place, step.retry)
        started, own = whole.result, "input" in step.check.model_fields_set
        while whole.failure is None:
            whole.at += step.interval.total_seconds()
            asked = value_of(step.check.input, place.variables) if own else started
            one = self.call(step.name, f"{step.name}_check", asked, whole.at, place, step.retry)
            whole.add(one)
            whole.at, whole.result, whole.failure = one.at, one.result, one.failure
            if whole.result is not None:
                break
            if whole.failure is None and whole.at >= at + step.timeout.total_seconds():
                whole.failure = Failure(step.name, TIMEOUT)
        return whole

    def _send(self, step: Send, at: float, place: Standing) -> Ending:
        sent = value_of(step.value, place.variables)

        def once(begun: float) -> Ending:
            one = self._once(step.name, step.name, sent, begun, place)
            return one if one.failure else replace(one, result={"id": f"sent-{one.result}"})

        return tried(step.retry, at, once)


def tried(retry: StepRetry, at: float, once: Once, never: Sequence[str] = ()) -> Ending:
    """Do something until it succeeds or nothing is left of its budget; ``never`` is not tried again unasked."""
    whole = Ending(at)
    for attempt in range(retry.max_attempts):
        one = once(whole.at)
        whole.add(one)
        whole.at, whole.result, whole.failure, whole.warnings = one.at, one.result, one.failure, one.warnings
        last = attempt + 1 == retry.max_attempts
        if one.failure is None or last or not again(retry, one.failure.error, never):
            break
        longest = retry.interval.total_seconds() * retry.backoff_rate**attempt
        whole.at += min(longest, retry.max_delay.total_seconds())
    return whole
