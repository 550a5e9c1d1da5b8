"""A choice between steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from constructs_lib.model.asl import inner, jsonata
from constructs_lib.model.base import Frozen
from constructs_lib.model.workflow_state import Expression, StepName, WorkflowState

HOLDS = "$Holds := function($value) { $type($value) = 'boolean' ? $value : $assert(false, 'no condition') }"

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
        """Write the conditions in their order; they are computed before, where one that fails must not end the run."""
        conditions = [place.value(case.when) for case in self.cases]
        word = ""
        if place.careful:
            known, word = f"Way_{self.name}", "ways"
            first: State = {"Type": "Pass", "Assign": {known: _first(conditions)}, "Output": {}}
            place.add("", place.computed({**first, "Next": place.named(word)}, conditions))
            conditions = [jsonata(f"${known} = {number}") for number in range(len(conditions))]
        ways = zip(conditions, self.cases, strict=True)
        cases: list[State] = [{"Condition": condition, "Next": case.next} for condition, case in ways]
        place.add(word, {"Type": "Choice", "Choices": cases, "Default": self.default, "Output": {}})


def _first(conditions: list[str]) -> str:
    """Return the expression of the number of the first condition that holds; what is no condition fails."""
    tried = " : ".join(f"$Holds({inner(condition)}) ? {number}" for number, condition in enumerate(conditions))
    return jsonata(f"({HOLDS}; {tried} : -1)")
