"""One page of a pull: what it is given, what it answers, and the message of the next one."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from functions.contract.ticks import parse_time, time_text
from functions.runtime.tick import Page, Tick, page_of

if TYPE_CHECKING:
    from functions.contract.ticks import TickMessage


@dataclass
class Pull:
    """A page; ``base`` is the cursor from which its run began, at the ``revision`` that it had then."""

    message: TickMessage
    base: str
    revision: int
    page: Page = field(default_factory=Page)
    """What the handler has answered."""

    def answered(self, result: object) -> None:
        """Keep what the handler has returned; raises ``TypeError`` when it is neither a page nor None."""
        self.page = page_of(result)

    def next_message(self, run_id: str) -> TickMessage:
        """Return the message of the next page, which follows the attempt ``run_id`` at this one."""
        return replace(
            self.message,
            attempt=1,
            page=self.message.page + 1,
            token=self.page.next,
            cursor=self.base,
            revision=self.revision,
            follows=run_id,
        )

    @property
    def moves_to(self) -> str:
        """Where the cursor stands once the last page has landed."""
        return self.page.cursor or time_text(self.message.scheduled_at)

    def tick(self, overlap: int) -> Tick:
        """Return what the handler is given; ``overlap`` in seconds."""
        return tick_of(self.message, self.base, window_start(self.base, overlap))


def tick_of(message: TickMessage, cursor: str | None, start: datetime | None) -> Tick:
    """Return a tick as the handler sees it."""
    at = datetime.fromtimestamp(message.scheduled_at, UTC)
    return Tick(
        scheduled_at=at,
        window_start=start,
        window_end=at,
        input=message.input,
        cursor=cursor,
        page=message.page,
        token=message.token,
        caught_up=message.caught_up,
    )


def window_start(cursor: str, overlap: int) -> datetime | None:
    """Return where a window begins; None where the cursor is no time."""
    try:
        return datetime.fromtimestamp(parse_time(cursor), UTC) - timedelta(seconds=overlap)
    except ValueError:
        return None
