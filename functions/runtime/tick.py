"""What a handler of a schedule is given, and what a pull answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

MOST_TOKEN_BYTES = 16_384
"""Bytes of a page token or a cursor: both travel in messages, and the cursor in an item of the state table."""


@dataclass(frozen=True, kw_only=True)
class Tick:
    """One tick of a schedule, or one page of the pull that it began; times in UTC.

    With a checkpoint, what is new is between ``window_start`` and ``window_end``; the start is the cursor less the
    declared overlap, and None where the cursor is no time. Without one, both are the time of the tick.
    """

    scheduled_at: datetime
    window_start: datetime | None
    window_end: datetime
    input: dict[str, Any] = field(default_factory=dict)
    """What the declaration hands over at every tick."""
    cursor: str | None = None
    """How far earlier runs have come, in the source's own words; None without a checkpoint."""
    page: int = 1
    """Counts from 1."""
    token: str | None = None
    """Where this page begins, as the page before it answered; None for the first."""
    caught_up: bool = False
    """Whether the tick was missed when it was due."""


@dataclass(frozen=True)
class Page:
    """What a handler with a checkpoint returns: ``next`` where the next page begins, and how far the run has come.

    Without ``next`` the run is over, and the cursor moves: to ``cursor``, else to the time of the tick. A handler that
    returns None has fetched the last page.
    """

    next: str | None = None
    cursor: str | None = None

    def __post_init__(self) -> None:
        """Refuse what could not travel.

        Raises:
            TypeError, ValueError: ``next`` or ``cursor`` is no text, empty or too long; or both are given.
        """
        for name, value in (("next", self.next), ("cursor", self.cursor)):
            if value is None:
                continue
            if not isinstance(value, str):
                raise TypeError(f"Page.{name} is {type(value).__name__}, not text")
            if not 0 < len(value.encode()) <= MOST_TOKEN_BYTES:
                raise ValueError(f"Page.{name} is empty or has more than {MOST_TOKEN_BYTES} bytes")
        if self.next is not None and self.cursor is not None:
            raise ValueError("the cursor moves with the last page alone: return Page(next=...) or Page(cursor=...)")


def page_of(result: object) -> Page:
    """Return what a handler has answered; raises ``TypeError`` for anything but a page or None."""
    if result is None:
        return Page()
    if not isinstance(result, Page):
        raise TypeError(f"a handler with a checkpoint returns Page or None, not {type(result).__name__}")
    return result
