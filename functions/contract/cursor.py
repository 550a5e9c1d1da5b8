"""The cursor of a pull, as its item of the state table holds it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cursor:
    """Where a pull stands; ``moved_by`` is the tick that moved it, in seconds since 1970, and 0 when a person did."""

    value: str
    moved_by: int = 0
    revision: int = 1
    """How often it was moved, or set by hand."""
    proposed: str = ""
    proposed_by: int = 0
    proposed_token: str = ""
    """Run token of the last page of the run that proposes; once that is completed, the cursor has moved."""

    def moved(self) -> Cursor:
        """Return the cursor where it was proposed to be."""
        return Cursor(self.proposed, self.proposed_by, self.revision + 1)

    def put(self, value: str) -> Cursor:
        """Return the cursor where a person puts it; runs that began before then leave it there."""
        return Cursor(value, 0, self.revision + 1)
