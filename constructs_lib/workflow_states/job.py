"""Work that runs elsewhere, longer than a function may."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import PAYLOAD, State, jsonata, seconds
from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import ActingState, StepCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.asl import Place

TIMEOUT = "States.Timeout"
"""How Step Functions calls a state that has taken too long."""


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

    def compile(self, place: Place) -> None:
        """Write the start, and the loop of a pause and a question."""
        started, limit = f"Started_{self.name}", f"Limit_{self.name}"
        ends = f"$toMillis($states.context.State.EnteredTime) + {seconds(self.timeout) * 1000}"
        begun = {started: jsonata(PAYLOAD), limit: jsonata(ends)}
        again: State = {"Next": place.named("pause"), "Output": {}}
        place.add("", {**place.call("start", self.start.input), **place.tried(), "Assign": begun, **again})
        place.add("pause", {"Type": "Wait", "Seconds": seconds(self.interval), "Next": place.named("check")})
        asked = self.check.input if "input" in self.check.model_fields_set else jsonata(f"${started}")
        told = {"Assign": {self.name: jsonata(PAYLOAD)}, "Output": {}, "Next": place.named("answer")}
        place.add("check", {**place.call("check", asked), **place.tried(), **told})
        done = {"Condition": jsonata(f"${self.name} != null"), "Next": place.named("finished")}
        late = f"$toMillis($states.context.State.EnteredTime) >= ${limit}"
        over = {"Condition": jsonata(late), "Next": place.named("expired")}
        place.add("answer", {"Type": "Choice", "Choices": [done, over], "Default": place.named("pause"), "Output": {}})
        place.add("finished", {"Type": "Pass", **place.done(jsonata(f"${self.name}"))})
        place.add("expired", place.failing(TIMEOUT, f"not done within {seconds(self.timeout)} seconds"))
