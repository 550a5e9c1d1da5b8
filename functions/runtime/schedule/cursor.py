"""The cursor of a pull: proposed before the last page is completed, and moved by the completion itself.

Whoever reads the cursor finds the proposal, and in the ledger whether the run that made it has completed. So a crash
in between neither moves the cursor over data that nobody has landed, nor keeps it where it was.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.cursor import Cursor

if TYPE_CHECKING:
    from functions.runtime.ledger import LedgerStore
    from functions.runtime.schedule.versioned_item import VersionedItem

TURNS_TO_WRITE = 5
"""Times that a change is tried again because another was faster."""


class Cursors:
    """The cursor of one pipeline. Methods raise what AWS calls raise, and ``LookupError``."""

    def __init__(self, item: VersionedItem, ledger: LedgerStore, pipeline: str, initial: str) -> None:
        """``initial`` is where it begins."""
        self._item = item
        self._ledger = ledger
        self._pipeline = pipeline
        self._initial = initial

    def read(self) -> Cursor:
        """Return where the pull stands now, and write that down where it was not yet."""
        for _ in range(TURNS_TO_WRITE):
            value, version = self._item.read()
            stored = Cursor(**value) if value else None
            found = self._settled(stored) if stored else Cursor(self._initial)
            if found == stored or self._item.write(vars(found), version):
                return found
        raise LookupError("CursorContended")

    def propose(self, revision: int, value: str, at: int, token: str) -> bool:
        """Return whether the cursor will stand at ``value`` once ``token`` is completed.

        It will not where it was moved or set since the run began at ``revision``.
        """
        for _ in range(TURNS_TO_WRITE):
            stored, version = self._item.read()
            cursor = Cursor(**stored) if stored else Cursor(self._initial)
            if cursor.revision != revision:
                return False
            changed = replace(cursor, proposed=value, proposed_by=at, proposed_token=token)
            if changed == cursor or self._item.write(vars(changed), version):
                return True
        raise LookupError("CursorContended")

    def settle(self, token: str, at: int) -> bool:
        """Move the cursor for a completed run token; returns whether the run of the tick ``at`` has moved it."""
        stored, version = self._item.read()
        if stored is None:
            return False
        cursor = Cursor(**stored)
        if cursor.proposed_token != token:
            return cursor.moved_by == at
        self._item.write(vars(cursor.moved()), version)
        return True

    def _settled(self, cursor: Cursor) -> Cursor:
        token = cursor.proposed_token
        if token and token in self._ledger.completions(self._pipeline, [token]):
            return cursor.moved()
        return cursor
