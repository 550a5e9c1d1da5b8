"""Work that runs elsewhere, longer than a function may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import ActingState, StepCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Job(ActingState):
    """Starts work elsewhere and asks for it until it is done: ``check`` returns ``None`` while it is not."""

    type: Literal["job"] = "job"
    """Work elsewhere."""
    start: StepCode
    """Starts the work; what it returns is given to ``check`` when that has no input of its own."""
    check: StepCode
    """Asks for the work: returns ``None`` while it goes on, then its result; it raises when the work has failed."""
    interval: Duration = timedelta(seconds=30)
    """Pause between two questions."""
    timeout: Duration
    """Longest time in all, after which the step fails as ``States.Timeout``."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the inputs too."""
        yield "start.input", self.start.input
        yield "check.input", self.check.input
        yield from super().templates()

    def code(self) -> Mapping[str, StepCode]:
        """Return both functions too."""
        return {"start": self.start, "check": self.check, **super().code()}
