"""The bad end of a workflow or of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.workflow_state import ErrorPattern, Template, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


class Fail(WorkflowState):
    """Ends the workflow, or the branch, with an error; what had succeeded and has an undo is undone."""

    type: Literal["fail"] = "fail"
    """A bad end."""
    error: ErrorPattern
    """Name of the error."""
    cause: Template = ""
    """What happened."""

    def falls_through(self) -> bool:
        """Nothing comes after it."""
        return False

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the cause."""
        yield "cause", self.cause

    def compile(self, place: Place) -> None:
        """Write the error as what the list ends with."""
        place.add("", place.failed(self.error, place.value(self.cause)))
