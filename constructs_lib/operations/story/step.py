"""One thing that happened to a record, and when."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Lane(StrEnum):
    """Where it happened; in the order in which a picture shows them."""

    GATEWAY = "gateway"
    QUEUE = "queue"
    ATTEMPTS = "attempts"
    OUTPUTS = "outputs"
    DEAD_LETTERS = "dead letters"
    REPLAY = "replay"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Step:
    """Times are milliseconds since 1970, durations milliseconds."""

    at: int
    lane: Lane
    what: str
    run_id: str = ""
    """The attempt, or the message where none has begun."""
    duration_ms: int = 0
    failed: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    logs: str = ""
    """Where CloudWatch shows what the function wrote about it."""
    waited_ms: int | None = None
    """From the end of the step before to this one's beginning; None for the first."""

    @property
    def ended(self) -> int:
        """When it was over."""
        return self.at + self.duration_ms
