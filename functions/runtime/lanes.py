"""Lanes: records of one lane are handled in the order in which they came, and none overtakes one that stays behind.

A lane is a group of a FIFO queue, or the partition of a stream that a record belongs to. Outputs of one flush are
written together: where one of them fails for a record, what later records of its lane have put may have been written
before. They come again with it, under the same ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.work import ACKNOWLEDGED, State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from functions.runtime.work import Work

ORDER_KEPT = "order-kept"
"""An earlier record of the same lane stays behind."""
MAY_STILL_LAND = frozenset({State.READY, State.CLAIMED, State.PROCESSED})
STAY_BEHIND = frozenset({State.FAILED, State.RETURNED, State.UNCERTAIN})


class Lanes:
    """The lanes of one batch, and the first record of each that stays behind."""

    def __init__(self) -> None:
        """Begin with every lane open."""
        self._holders: dict[str, Work] = {}

    def hold_back(self, works: Sequence[Work]) -> None:
        """Give back what comes after a work that stays behind; ``works`` are in the order in which they came."""
        here = {id(work) for work in works}
        closed = {lane for lane, holder in self._holders.items() if id(holder) not in here}
        for work in works:
            lane = work.record.lane
            if lane is None:
                continue
            if lane in closed:
                if work.state in MAY_STILL_LAND:
                    work.give_back(ORDER_KEPT)
            elif work.state in STAY_BEHIND or self._holders.get(lane) is work:
                self._holders[lane] = work
                closed.add(lane)

    def settle(self, works: Iterable[Work]) -> None:
        """Open every lane again, and close those of which a work is not acknowledged in the end."""
        self._holders.clear()
        for work in works:
            if work.record.lane is not None and work.state not in ACKNOWLEDGED:
                self._holders.setdefault(work.record.lane, work)
