"""What is undone is not tried again as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.workflow_state import ActingState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.model.workflow_state import WorkflowState


def what_is_undone_is_not_tried_again(subject: Subject) -> Iterator[Fault]:
    """Branches and items with an undo inside run once: what has succeeded in them is undone, or goes on."""
    for step in every_step(subject.declaration.workflow):
        state = step.state
        inside = [one for steps in state.scopes().values() for one in steps]
        if isinstance(state, ActingState) and state.retry.max_attempts > 1 and _undoes(inside):
            found = f"{state.name} is tried {state.retry.max_attempts} times, and steps inside have an undo"
            fix = "remove retry here, and give it to the steps inside"
            yield Fault("retry-with-undo", f"{step.place}.retry", found, "max_attempts: 1", fix)


def _undoes(steps: Sequence[WorkflowState]) -> bool:
    return any(
        (isinstance(step, ActingState) and step.undo is not None)
        or any(_undoes(inside) for inside in step.scopes().values())
        for step in steps
    )
