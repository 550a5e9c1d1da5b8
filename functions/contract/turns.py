"""What is known of a schedule's ticks, as its item of the state table holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Turns:
    """What is known of a schedule's ticks; times in seconds since 1970."""

    last: int
    """The newest tick that was decided on."""
    why: str = ""
    """Why the newest was not run; empty when it was."""
    queue: tuple[int, ...] = ()
    """Ticks that are to run one after the other; the first one's turn it is."""
    lost: tuple[int, ...] = ()
    """Ticks that had their turn and gave no sign for too long; they may come again."""
    lease_until: int = 0
    """When the first of the queue counts as lost."""
    expression: str = ""
    """What the schedule was then; another one has missed nothing."""

    @classmethod
    def of(cls, value: dict[str, Any]) -> Self:
        """Read back what ``vars`` of turns wrote."""
        lists = {name: tuple(value[name]) for name in ("queue", "lost")}
        return cls(**{**value, **lists})
