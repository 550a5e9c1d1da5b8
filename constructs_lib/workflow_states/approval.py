"""A gate that a person opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.asl import RESULT, State, jsonata, seconds
from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import ActingState, Template
from functions.contract.workflow import APPROVAL_EXPIRED, APPROVAL_REJECTED

TIMEOUT = "States.Timeout"

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.asl import Place


class ApprovalStep(ActingState):
    """Waits until a person opens the gate: ``pipelines approval approve`` or ``reject``.

    It fails as ``ApprovalRejected`` or ``ApprovalExpired``.
    """

    type: Literal["approval"] = "approval"
    """A gate."""
    message: Template
    """What is to be approved, for the one who is asked."""
    timeout: Duration
    """How long the gate waits before it fails."""

    def templates(self) -> Iterator[tuple[str, Any]]:
        """Yield the message too."""
        yield "message", self.message
        yield from super().templates()

    def compile(self, place: Place) -> None:
        """Write the question; silence until its end is an error of its own."""
        result = jsonata(RESULT)
        expired: State = {"ErrorEquals": [TIMEOUT], "Output": {}, "Next": place.named("expired")}
        tried = place.tried(never=(APPROVAL_REJECTED, TIMEOUT))
        tried["Catch"] = [expired, *tried.get("Catch", [])]
        if "Retry" in tried:
            tried["Retry"] = [_of_silence(retrier) for retrier in tried["Retry"]]
        place.add(
            "", {**place.ask(self.message, self.timeout), **tried, "Assign": {self.name: result}, **place.done(result)}
        )
        cause = f"nobody has decided within {seconds(self.timeout)} seconds"
        place.add("expired", place.failing(APPROVAL_EXPIRED, cause))


def _of_silence(retrier: State) -> State:
    """Return a retrier that means silence where it is told to mean what the step makes of that."""
    errors = retrier["ErrorEquals"]
    return {**retrier, "ErrorEquals": [TIMEOUT if error == APPROVAL_EXPIRED else error for error in errors]}
