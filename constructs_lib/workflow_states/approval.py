"""A gate that a person opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.units import Duration
from constructs_lib.model.workflow_state import ActingState, Template

if TYPE_CHECKING:
    from collections.abc import Iterator


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
