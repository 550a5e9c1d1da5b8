"""What a task asks of a service, and what is known of one whose token is out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.scheduler import Signal

if TYPE_CHECKING:
    from constructs_lib.drills.memory.states.errors import StateError


@dataclass(frozen=True)
class TaskCall:
    """What a task asks of a service: ``lambda:invoke``, ``aws-sdk:dynamodb:executeStatement``."""

    action: str
    arguments: Any
    state: str
    execution: str
    attempt: int
    token: str = ""


@dataclass
class OpenTask:
    """A task that waits for whoever has its token."""

    token: str
    beaten: float
    """When it last gave a sign of life."""
    signal: Signal = field(default_factory=Signal)
    answered: bool = False
    output: Any = None
    error: StateError | None = None
