"""Every step of a workflow with its place in the declaration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.workflow_state import WorkflowState


@dataclass(frozen=True)
class PlacedStep:
    """A step, where it stands, and the steps around it from the outermost inwards."""

    place: str
    """Such as ``workflow.steps[2].branches.payment[0]``."""
    state: WorkflowState
    around: tuple[WorkflowState, ...] = ()


def every_step(workflow: Workflow | None, place: str = "workflow.steps") -> Iterator[PlacedStep]:
    """Yield the steps in the order in which they are written, each before what is inside it."""
    if workflow is not None:
        yield from steps_of(workflow.steps, place)


def steps_of(
    steps: Iterable[WorkflowState], place: str, around: tuple[WorkflowState, ...] = ()
) -> Iterator[PlacedStep]:
    """Yield the steps of a list and those inside them."""
    for index, state in enumerate(steps):
        here = PlacedStep(f"{place}[{index}]", state, around)
        yield here
        for name, inner in state.scopes().items():
            yield from steps_of(inner, f"{here.place}.{name}", (*around, state))


def every_list(workflow: Workflow | None) -> Iterator[tuple[str, tuple[WorkflowState, ...]]]:
    """Yield every list of steps with its place: the workflow's own, each branch, and the steps of each map."""
    if workflow is not None:
        yield "workflow.steps", workflow.steps
        for step in every_step(workflow):
            for name, inner in step.state.scopes().items():
                yield f"{step.place}.{name}", inner
