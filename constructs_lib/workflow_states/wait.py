"""A pause that costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import State, seconds
from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import Template, WorkflowState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


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

    def compile(self, place: Place) -> None:
        """Write the pause."""
        place.add("", {"Type": "Wait", **self._pause(place), **place.onward()})

    def _pause(self, place: Place) -> State:
        if self.duration is not None:
            return {"Seconds": seconds(self.duration)}
        if self.seconds is not None:
            return {"Seconds": place.value(self.seconds)}
        return {"Timestamp": place.value(self.until)}
