"""A pause that costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import Template, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator


class Wait(WorkflowState):
    """Waits for a duration, for computed seconds, or until a time; exactly one of them."""

    type: Literal["wait"] = "wait"
    """A pause."""
    duration: Duration | None = None
    """How long."""
    seconds: Template = None
    """How many seconds, as an expression."""
    until: Template = None
    """Until when: an ISO 8601 time, or an expression that gives one."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield what is computed."""
        yield "seconds", self.seconds
        yield "until", self.until
