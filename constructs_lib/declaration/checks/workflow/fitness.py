"""What a workflow of its type, behind its source, can do at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.model.workflow_state import WorkflowState

NEEDS_STANDARD = {"approval": "an approval", "job": "a job", "workflow": "another workflow"}
"""Kinds that wait for something outside, which no express workflow can (Step Functions guide, "Workflow types")."""

TAKING = timedelta(seconds=5)
"""What taking a request and answering it may take beside its workflow, a cold start included."""


def express_is_fit(subject: Subject) -> Iterator[Fault]:
    """An express workflow has no step that waits for somebody, and no executions below it."""
    workflow = subject.declaration.workflow
    if workflow is None or workflow.type != "express":
        return
    for step in every_step(workflow):
        reason = _unfit(step.state)
        if reason:
            found, allowed = f"{reason} in a workflow of type express", "workflow.type: standard"
            fix = "write type: standard, or put the step elsewhere"
            yield Fault("express-unfit", step.place, found, allowed, fix)


def _unfit(step: WorkflowState) -> str | None:
    if isinstance(step, Task) and step.callback:
        return "a callback"
    if isinstance(step, Map) and step.mode == "distributed":
        return "a distributed map"
    return NEEDS_STANDARD.get(step.type)


def a_caller_gets_an_answer(subject: Subject) -> Iterator[Fault]:
    """Where somebody waits for the answer, the workflow gives one: it is express."""
    workflow, source = subject.declaration.workflow, subject.declaration.source
    if workflow is None or source.delivery() != "answer":
        return
    if workflow.type != "express":
        found, allowed = "type: standard behind a route that answers", "type: express"
        fix = "write type: express, or leave mode: sync out so that requests are queued"
        yield Fault("workflow-cannot-answer", "workflow.type", found, allowed, fix)
    elif (longest := source.longest_run()) is not None and workflow.timeout > longest - TAKING:
        allowed = f"at most {(longest - TAKING).total_seconds():.0f}s: the gateway does not wait longer"
        found = f"{workflow.timeout.total_seconds():.0f}s"
        yield Fault("timeout-outlasts-caller", "workflow.timeout", found, allowed, "lower it")


def groups_are_of_records(subject: Subject) -> Iterator[Fault]:
    """Parts are collected by a runner, or from workers: a workflow has parallel and map for that."""
    if subject.declaration.workflow is not None and subject.declaration.fan_in is not None:
        fix = "take a parallel or a map, whose result has all parts; or collect in a pipeline behind this one"
        yield Fault("fan-in-with-workflow", "fan_in", "fan_in beside a workflow", "a runner, or fan_out", fix)


def cursors_are_of_runners(subject: Subject) -> Iterator[Fault]:
    """A cursor moves when a handler's work has landed, and a workflow has only begun when its starter is done."""
    if subject.declaration.workflow is not None and subject.declaration.checkpoint is not None:
        fix = "pull with a runner, and send what it finds to the queue of a pipeline with the workflow"
        yield Fault("checkpoint-with-workflow", "checkpoint", "checkpoint beside a workflow", "a runner", fix)
