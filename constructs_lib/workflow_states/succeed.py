"""The good end of a workflow or of a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import jsonata
from constructs_lib.model.workflow_state import Template, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


class Succeed(WorkflowState):
    """Ends the workflow, or the branch, well."""

    type: Literal["succeed"] = "succeed"
    """A good end."""
    output: Template = None
    """The result of the workflow, or of the branch."""

    def falls_through(self) -> bool:
        """Nothing comes after it."""
        return False

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the result."""
        yield "output", self.output

    def compile(self, place: Place) -> None:
        """Write the result as what the list ends with."""
        output = jsonata("null") if self.output is None else place.value(self.output)
        place.add("", place.computed({"Type": "Pass", **place.onward(output)}, self.output))
