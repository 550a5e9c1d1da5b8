"""Finding the run token of a run id, and the runs that continue it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError
from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.story.story import Story, tell

if TYPE_CHECKING:
    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.find import Table
    from constructs_lib.operations.story.tree import Scopes
    from functions.contract.ledger import LedgerEntry

SEARCHED = timedelta(days=14)
"""How far back the archive is searched for a run id: as long as SQS keeps a message at most."""


@dataclass(frozen=True)
class StorySearch:
    """Table and archive of one pipeline in one region, at one moment."""

    table: Table
    archive: Archive
    region: str
    now: datetime
    scopes: Scopes | None = None
    """What is around which step of the workflow; None where there is none."""

    def story(self, name: str) -> Story:
        """Return the story of a run token, or of the run token of a run id.

        Raises:
            UserError: ``run-unknown``, or what the archive raises.
        """
        entries = self.table.of_run_token(name) or self._of_run_id(name)
        if not entries:
            found = "no entry of this run token, and no run of this id in the archive's last 14 days"
            allowed = "a run token, or a run id: message id, a dot and the attempt"
            raise UserError.of("run-unknown", name, found, allowed, "pipelines ledger list shows both")
        started = (entry.parent_run_id for entry in entries if entry.run_id.startswith(entry.run_token))
        runs = dict.fromkeys((*(entry.run_id for entry in entries), *filter(None, started)))
        children = [child for found in in_order(self.table.of_parent_run, runs) for child in found]
        return tell(entries, children, self.region, self.scopes)

    def _of_run_id(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """No index leads from a run id to its token; what continues it may, else the archive is read backwards."""
        first = (self.now - SEARCHED).date().isoformat()
        for day in reversed([day for day in self.archive.days() if day >= first]):
            for entry in self.archive.entries_of_day(day):
                if entry.run_id == run_id:
                    return self.table.of_run_token(entry.run_token)
        return ()
