"""Branches that run at the same time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from constructs_lib.model.workflow_state import ActingState, StepName, StepRetry, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.model.asl import Place
    from constructs_lib.model.workflow_state import Nested


class Parallel(ActingState):
    """Lists of steps that run at the same time; the result has the result of each by its name."""

    type: Literal["parallel"] = "parallel"
    """Branches."""
    retry: StepRetry = StepRetry(max_attempts=1)
    """How often all branches run again; once when absent, because each step has retries of its own."""
    branches: Annotated[
        dict[StepName, Annotated[tuple[Nested, ...], Field(min_length=1)]], Field(min_length=2, max_length=40)
    ]
    """The branches by name; each is a list of steps, and the result of its last step is the branch's."""

    def parts(self) -> int:
        """Return the number of branches."""
        return len(self.branches)

    def scopes(self) -> Mapping[str, tuple[WorkflowState, ...]]:
        """Return the branches."""
        return {f"branches.{name}": steps for name, steps in self.branches.items()}

    def compile(self, place: Place) -> None:
        """Write the branches."""
        machines = place.branches()
        joined = place.joined(tuple(self.branches))
        place.add("", {"Type": "Parallel", "Branches": list(machines), **place.tried(calls=False), **joined})
