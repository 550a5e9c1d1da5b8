"""Who takes the records of a pipeline, and the steps of its workflow, in a plan's text."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.model.units import duration_text
from constructs_lib.model.workflow_state import ActingState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.workflow_state import WorkflowState

Row = tuple[str, str, str, str]


def taker_text(plan: PipelinePlan) -> str:
    """Return what a record of the pipeline is given to: its workflow, its workers, or its runner."""
    machine, shared = plan.state_machine, plan.fan_out
    if machine is not None:
        steps = f"{len(machine.steps)} {'step' if len(machine.steps) == 1 else 'steps'}"
        return f"workflow {machine.type.lower()}, {steps}, at most {duration_text(timedelta(seconds=machine.timeout))}"
    if shared is not None:
        workers = f"{len(shared.workers)} {'worker' if len(shared.workers) == 1 else 'workers'}"
        return f"fan-out to {workers} by {shared.via.replace('_', ' ')}"
    return f"runner {plan.runner_class} {plan.runner_size}"


def step_rows(plan: PipelinePlan, workflow: Workflow) -> Iterator[Row]:
    """Yield a row for each step, the inner ones below theirs: name, type, functions, limits."""
    planned = plan.state_machine.steps if plan.state_machine else ()
    known = {step.name: (step.functions, step.runs_per_event) for step in planned}
    yield from _rows(workflow.steps, known, "")


def _rows(
    steps: tuple[WorkflowState, ...], known: dict[str, tuple[tuple[str, ...], float]], indent: str
) -> Iterator[Row]:
    for step in steps:
        functions, runs = known.get(step.name, ((), 1.0))
        yield indent + step.name, step.type, ", ".join(functions) or "no function", ", ".join(_limits(step, runs))
        for place, inner in step.scopes().items():
            branch = place.partition(".")[2]
            if branch:
                yield f"{indent}  {branch}", "branch", "", ""
            yield from _rows(inner, known, indent + ("    " if branch else "  "))


def _limits(step: WorkflowState, runs: float) -> Iterator[str]:
    timeout = getattr(step, "timeout", None)
    if timeout is not None:
        yield f"at most {duration_text(timeout)}"
    if isinstance(step, ActingState):
        yield f"{step.retry.max_attempts} attempts" if step.retry.max_attempts > 1 else "1 attempt"
        yield from (f"{', '.join(catch.errors)} to {catch.next}" for catch in step.catch)
        if not step.critical:
            yield "may fail with a warning"
        if step.undo is not None:
            yield f"undone by {step.undo.function_id()}"
    yield f"{runs:.10g} {'run' if runs == 1 else 'runs'} an event"
