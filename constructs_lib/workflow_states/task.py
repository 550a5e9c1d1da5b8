"""A task: one function of the user's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import PAYLOAD, RESULT, jsonata, seconds
from constructs_lib.model.units import Duration, Switch
from constructs_lib.model.workflow_state import ActingState, StepCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.model.asl import Place


class Task(StepCode, ActingState):
    """A function of the user's: what it returns is the step's result."""

    type: Literal["task"] = "task"
    """A function."""
    checkpoint: Switch = True
    """Whether its result is kept, so that it is not done again when the run is redriven."""
    callback: Switch = False
    """Whether the step waits until an outside job calls back with ``run.callback_token``; needs a ``timeout``."""
    heartbeat: Duration | None = None
    """Longest silence of the outside job."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the input too."""
        yield "input", self.input
        yield from super().templates()

    def code(self) -> Mapping[str, StepCode]:
        """Return the task's own function too."""
        return {"": self, **super().code()}

    def compile(self, place: Place) -> None:
        """Write the call; with a callback it waits for as long as the step may take."""
        result = jsonata(RESULT if self.callback else PAYLOAD)
        silence = {"HeartbeatSeconds": seconds(self.heartbeat)} if self.heartbeat else {}
        call = place.call("", self.input, callback=self.callback)
        place.add("", {**call, **silence, **place.tried(), "Assign": {self.name: result}, **place.done(result)})
