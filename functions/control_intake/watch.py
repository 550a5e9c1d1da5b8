"""What is known of a slowed intake between two looks at it: since when, and which ledger entry says so."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from functions.contract.identity import canonical_json
from functions.contract.state import INTAKE, intake_key
from functions.runtime.back_pressure.alert import WATCHED

if TYPE_CHECKING:
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.partiql import Answer

ABOUT = "about"
MARGIN = 300_000
"""Milliseconds beyond the next look within which no worker need tell again: a look that failed comes back by then."""


@dataclass(frozen=True)
class Interval:
    """A time of less intake; ``since`` in milliseconds since 1970, 0 while intake is as declared."""

    since: int = 0
    head: str = ""
    """Hash of the ``slowed`` entry; empty until it stands in the ledger."""
    error_type: str = ""
    told: int = 0
    """When the breaker had opened whose interval was recorded last."""


class Watch:
    """The item that workers and the controlling function share."""

    def __init__(self, items: StateItems, pipeline: str) -> None:
        """``items`` are those of the state table."""
        self._items = items
        self._key = (intake_key(pipeline), INTAKE)

    def read(self) -> Interval:
        """Return the interval that has begun, or one that has not."""
        item = self._items.read(self._key) or {}
        return Interval(**json.loads(item[ABOUT])) if ABOUT in item else Interval()

    def keep(self, interval: Interval, until: int) -> None:
        """Keep the interval, and that nobody need tell until ``until``; 0 lets the next worker tell at once.

        Two messages may be at it at the same time; what they keep is the same, so the later one may win.

        Raises:
            LookupError: the table did not carry out what it was asked, for another reason than that the item has moved.
        """
        values = {WATCHED: until, ABOUT: canonical_json(asdict(interval))}
        while not self._kept(self._items.insert(self._key, values)):
            found = self._items.read(self._key)
            if found and self._kept(self._items.update(self._key, values, {WATCHED: found[WATCHED]})):
                return

    @staticmethod
    def _kept(answer: Answer) -> bool:
        """Return whether a statement was carried out; one that was refused is not sent again in this look."""
        if not answer.done and not answer.conflict:
            raise LookupError(answer.code)
        return answer.done
