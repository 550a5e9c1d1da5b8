"""The workflow of another pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import jsonata, seconds
from constructs_lib.model.units import Duration, Name
from constructs_lib.model.workflow_state import ActingState, StepRetry, Template

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


class SubWorkflow(ActingState):
    """Runs the workflow of another pipeline of the same stage and waits for its result."""

    type: Literal["workflow"] = "workflow"
    """Another workflow."""
    retry: StepRetry = StepRetry(max_attempts=1)
    """How often all of it runs again, whatever its error is called; once when absent: its steps have retries."""
    pipeline: Name
    """Name of the other pipeline."""
    input: Template = "{% $record.body %}"
    """What the other workflow is given as the body of its record."""
    timeout: Duration
    """How long it may take."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the input too."""
        yield "input", self.input
        yield from super().templates()

    def compile(self, place: Place) -> None:
        """Write the call, which waits until the other workflow has ended."""
        result, limit = jsonata("$states.result.Output"), {"TimeoutSeconds": seconds(self.timeout)}
        place.add("", place.told_below(self.pipeline, self.input, place.named("run")))
        call = {**place.started(self.pipeline, self.input), **limit}
        place.add("run", {**call, "Assign": {self.name: result}, **place.done(result)})
