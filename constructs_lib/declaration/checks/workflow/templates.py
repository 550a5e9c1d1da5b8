"""Every text of a workflow that may be computed, with its place and what it can rely on there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.declaration.jsonata_expression import expressions_in
from constructs_lib.declaration.workflow_variables import ALWAYS, Names, available, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.workflow_state import WorkflowState


@dataclass(frozen=True)
class PlacedTemplate:
    """One field of a step that may hold expressions."""

    place: str
    value: Any
    step: WorkflowState
    known: Names
    """Variables that have a value there on every path."""

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield the texts in it with their places."""
        return expressions_in(self.value, self.place)


def every_template(workflow: Workflow | None) -> Iterator[PlacedTemplate]:
    """Yield the templates of all steps."""
    if workflow is not None:
        yield from _templates(workflow.steps, "workflow.steps", ALWAYS)


def _templates(steps: Sequence[WorkflowState], place: str, outer: Names) -> Iterator[PlacedTemplate]:
    for index, (step, known) in enumerate(zip(steps, available(steps, outer), strict=True)):
        here = f"{place}[{index}]"
        for field, value in step.templates():
            own = {step.name} if field.startswith("undo.") else frozenset()
            yield PlacedTemplate(f"{here}.{field}", value, step, known | own)
        for name, inner in step.scopes().items():
            yield from _templates(inner, f"{here}.{name}", inside(step, known))
