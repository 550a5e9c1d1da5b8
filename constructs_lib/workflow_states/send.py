"""A message or an event, sent without a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import jsonata
from constructs_lib.model.workflow_state import ActingState, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


class Send(ActingState):
    """Puts one value to a declared output of type queue, topic or event_bus, without a function in between."""

    type: Literal["send"] = "send"
    """A message or an event."""
    output: str
    """Name of the output."""
    value: Template = "{% $record.body %}"
    """What is sent."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the value too."""
        yield "value", self.value
        yield from super().templates()

    def compile(self, place: Place) -> None:
        """Write the call; the result is the id that the message or event was given."""
        sent, id = place.sent(self.output, self.value)
        result = {"id": jsonata(id)}
        place.add("", {**sent, **place.tried(calls=False), "Assign": {self.name: result}, **place.done(result)})
