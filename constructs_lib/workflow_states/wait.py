"""A pause that costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import State, inner, jsonata, seconds
from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import Template, WorkflowState

LONGEST = 99_999_999
"""Seconds of the longest wait (Amazon States Language, "Wait State")."""
COUNT = f"($type($Given) = 'number' ? $Given >= 0 and $Given <= {LONGEST} and $floor($Given) = $Given : false) "
COUNT += "? $Given : $assert(false, 'no whole number of seconds')"
TIME = "$fromMillis($toMillis($Given))"
"""A time as ``Timestamp`` takes it, whatever its offset."""

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
        """Write the pause; what it takes is computed before, where a value that is none must not end the execution."""
        field, value = self._pause(place)
        if place.careful and isinstance(value, str) and value.startswith("{%"):
            known, checked = f"Pause_{self.name}", TIME if field == "Timestamp" else COUNT
            computed = {known: jsonata(f"($Given := ({inner(value)}); {checked})")}
            first: State = {"Type": "Pass", "Assign": computed, "Output": {}, "Next": place.named("pause")}
            place.add("", place.computed(first, value))
            place.add("pause", {"Type": "Wait", field: jsonata(f"${known}"), **place.onward()})
        else:
            place.add("", {"Type": "Wait", field: value, **place.onward()})

    def _pause(self, place: Place) -> tuple[str, Any]:
        if self.duration is not None:
            return "Seconds", seconds(self.duration)
        if self.seconds is not None:
            return "Seconds", place.value(self.seconds)
        return "Timestamp", place.value(self.until)
