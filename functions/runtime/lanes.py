"""Lanes: records of one lane are handled in the order in which they came, and none overtakes one that stays behind.

A lane is a group of a FIFO queue, or the partition of a stream that a record belongs to. Outputs of one flush are
written together: where one of them fails for a record, what later records of its lane have put may have been written
before. They come again with it, under the same ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.work import ACKNOWLEDGED, State

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    def hold_back(self, works: Iterable[Work]) -> None:
        """Give back every work that would overtake another; ``works`` are in the order in which they came."""
        for work in works:
            lane = work.record.lane
            if lane is None:
                continue
            holder = self._holders.get(lane)
            if holder is None and work.state in STAY_BEHIND:
                self._holders[lane] = work
            elif holder not in (None, work) and work.state in MAY_STILL_LAND:
                work.give_back(ORDER_KEPT)

    def settle(self, works: Iterable[Work]) -> None:
        """Open every lane again, and close those of which a work is not acknowledged in the end."""
        self._holders.clear()
        for work in works:
            if work.record.lane is not None and work.state not in ACKNOWLEDGED:
                self._holders.setdefault(work.record.lane, work)
