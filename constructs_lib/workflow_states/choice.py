"""A choice between steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.workflow_state import Expression, StepName, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place, State


class Case(Frozen):
    """One way to go on."""

    when: Expression
    """A condition: JSONata that gives true or false."""
    next: StepName
    """The step that goes on."""


class Choice(WorkflowState):
    """Goes on with the first case whose condition holds."""

    type: Literal["choice"] = "choice"
    """A choice."""
    cases: Annotated[tuple[Case, ...], Field(min_length=1, max_length=50)]
    """The cases in their order."""
    default: StepName
    """The step that goes on when no condition holds."""

    def falls_through(self) -> bool:
        """A choice always goes where a case or the default says."""
        return False

    def jumps(self) -> Iterator[tuple[str, str]]:
        """Yield the cases and the default."""
        for i, case in enumerate(self.cases):
            yield f"cases[{i}].next", case.next
        yield "default", self.default

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the conditions."""
        for i, case in enumerate(self.cases):
            yield f"cases[{i}].when", case.when

    def compile(self, place: Place) -> None:
        """Write the conditions in their order."""
        cases: list[State] = [{"Condition": place.value(case.when), "Next": case.next} for case in self.cases]
        place.add("", {"Type": "Choice", "Choices": cases, "Default": self.default, "Output": {}})
