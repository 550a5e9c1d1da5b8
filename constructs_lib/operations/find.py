"""Which ledger entries an operator asks for, and the cheapest place that has them; the table is never read whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.window import Window
    from functions.contract.ledger import LedgerEntry, Status


@dataclass(frozen=True, kw_only=True)
class Query:
    """Entries that fit every given value."""

    run_token: str | None = None
    parent_run: str | None = None
    window: Window | None = None
    """Needed where neither a run token nor a parent run is given."""
    tenant: str | None = None
    status: Status | None = None

    def fits(self, entry: LedgerEntry) -> bool:
        """Return whether an entry is meant."""
        wanted = (
            (self.run_token, entry.run_token),
            (self.parent_run, entry.parent_run_id),
            (self.tenant, entry.tenant),
            (self.status, entry.status),
        )
        in_time = self.window is None or self.window.holds(entry.recorded_at)
        return in_time and all(asked in {None, given} for asked, given in wanted)


class Table(Protocol):
    """What is read of the ledger's table."""

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        """Return every entry of one run token."""

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return every entry whose run continues a run."""


@dataclass(frozen=True)
class Finder:
    """Where entries are: the table by its keys, the archive by time."""

    table: Table
    archive: Archive

    def find(self, query: Query, today: datetime) -> tuple[LedgerEntry, ...]:
        """Return what is asked for, oldest first; raises what the archive raises."""
        found = (entry for entry in self._near(query, today) if query.fits(entry))
        return tuple(sorted(found, key=lambda entry: (entry.recorded_at, entry.attempt)))

    def _near(self, query: Query, today: datetime) -> Iterator[LedgerEntry]:
        if query.run_token is not None:
            yield from self.table.of_run_token(query.run_token)
        elif query.parent_run is not None:
            yield from self.table.of_parent_run(query.parent_run)
        elif query.window is not None:
            yield from self.archive.entries(query.window, today)
