"""Everything that waits has an end, and none is longer than what is around it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.field_names import nearest
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.units import duration_text, shown
from constructs_lib.model.workflow_state import ActingState
from constructs_lib.workflow_states.approval import ApprovalStep
from constructs_lib.workflow_states.job import Job
from constructs_lib.workflow_states.task import Task
from constructs_lib.workflow_states.wait import Wait
from constructs_lib.workflow_states.workflow import SubWorkflow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.model.workflow_state import StepRetry, WorkflowState

SECOND = timedelta(seconds=1)
LONGEST = {"standard": timedelta(days=365), "express": timedelta(minutes=5)}
"""Longest runs (Step Functions quotas, "Maximum execution time")."""
LONGEST_DELAY = timedelta(seconds=31_622_400)
"""Longest delay of a retry is below this (Amazon States Language, "MaxDelaySeconds")."""


def workflow_ends(subject: Subject) -> Iterator[Fault]:
    """The timeout of the whole is one that its type can have."""
    workflow = subject.declaration.workflow
    if workflow is None or SECOND <= workflow.timeout <= LONGEST[workflow.type]:
        return
    longest = LONGEST[workflow.type]
    code = "express-too-long" if workflow.type == "express" and workflow.timeout > longest else "workflow-timeout-wrong"
    fix = "lower it, or write type: standard" if code == "express-too-long" else "change it"
    allowed = f"1s to {duration_text(longest)} for type: {workflow.type}"
    yield Fault(code, "workflow.timeout", duration_text(workflow.timeout), allowed, fix)


def functions_end(subject: Subject) -> Iterator[Fault]:
    """Each function has a size of the catalogue and ends before Lambda ends it."""
    longest = subject.catalog.limits.lambda_timeout
    for step in every_step(subject.declaration.workflow):
        for name, code in step.state.code().items():
            place = f"{step.place}.{name}" if name else step.place
            if code.size not in subject.catalog.sizes:
                yield _no_size(subject, f"{place}.size", code.size)
            waits = isinstance(code, Task) and code.callback
            if code.timeout is not None and not waits and not SECOND <= code.timeout <= longest:
                late = code.timeout > longest
                fix = "lower it; longer work is a job, or a task with callback: true" if late else "write 1s or more"
                allowed = f"1s to {duration_text(longest)}, the longest run of a function"
                fault = "timeout-too-long" if late else "number-out-of-range"
                yield Fault(fault, f"{place}.timeout", duration_text(code.timeout), allowed, fix)


def _no_size(subject: Subject, path: str, size: str) -> Fault:
    close = nearest(size, subject.catalog.sizes)
    found = f"{shown(size)} is no size of the catalogue {subject.catalog.version}"
    fix = f"did you mean {close}?" if close else "take one of these"
    return Fault("size-unknown", path, found, ", ".join(subject.catalog.sizes), fix)


def callbacks_end(subject: Subject) -> Iterator[Fault]:
    """An outside job has a time limit, and a heartbeat is shorter than that."""
    for step in every_step(subject.declaration.workflow):
        task = step.state
        if not isinstance(task, Task):
            continue
        if task.callback and task.timeout is None:
            found, fix = "callback: true without a timeout", "write timeout: 1d, or how long the answer may take"
            yield Fault("callback-without-timeout", step.place, found, "a timeout", fix)
        if task.heartbeat is None:
            continue
        path, found = f"{step.place}.heartbeat", duration_text(task.heartbeat)
        if not task.callback:
            fix = "remove it, or write callback: true"
            yield Fault("heartbeat-unused", path, f"{found} where nobody calls back", "callback: true", fix)
        elif task.heartbeat < SECOND or (task.timeout is not None and task.heartbeat >= task.timeout):
            yield Fault("heartbeat-wrong", path, found, "1s or more, and less than the timeout", "lower it")


def steps_fit_the_whole(subject: Subject) -> Iterator[Fault]:
    """No single step may take longer than the workflow: it would be cut off before its own limit."""
    workflow = subject.declaration.workflow
    if workflow is None:
        return
    for step in every_step(workflow):
        for name, limit in _limits(step.state):
            path = f"{step.place}.{name}"
            if limit < SECOND and name != "interval":
                yield Fault("number-out-of-range", path, duration_text(limit), "1s or more", "raise it")
            elif limit > workflow.timeout:
                found = f"{duration_text(limit)} is longer than workflow.timeout = {duration_text(workflow.timeout)}"
                fix = "lower it, or raise workflow.timeout"
                yield Fault("step-outlasts-workflow", path, found, "at most the whole workflow's timeout", fix)


def _limits(step: WorkflowState) -> Iterator[tuple[str, timedelta]]:
    if isinstance(step, ApprovalStep | Job | SubWorkflow):
        yield "timeout", step.timeout
    if isinstance(step, Task) and step.callback and step.timeout is not None:
        yield "timeout", step.timeout
    if isinstance(step, Wait) and step.duration is not None:
        yield "duration", step.duration
    if isinstance(step, Job):
        yield "interval", step.interval


def retries_fit(subject: Subject) -> Iterator[Fault]:
    """The delays of retries are ones that Step Functions takes."""
    for step in every_step(subject.declaration.workflow):
        if isinstance(step.state, ActingState):
            yield from _retry_faults(step.state.retry, f"{step.place}.retry")
            if step.state.undo is not None:
                yield from _retry_faults(step.state.undo.retry, f"{step.place}.undo.retry")


def _retry_faults(retry: StepRetry, place: str) -> Iterator[Fault]:
    if not SECOND <= retry.interval < LONGEST_DELAY:
        yield Fault("step-retry-wrong", f"{place}.interval", duration_text(retry.interval), "1s to 365d", "change it")
    elif not retry.interval < retry.max_delay < LONGEST_DELAY:
        allowed = f"more than the interval of {duration_text(retry.interval)}, at most 365d"
        yield Fault("step-retry-wrong", f"{place}.max_delay", duration_text(retry.max_delay), allowed, "change it")
