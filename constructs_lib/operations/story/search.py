"""Finding the run token of a run id, and the runs that continue it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from constructs_lib.errors import UserError
from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.story.story import Story, tell
from constructs_lib.operations.story.tree import Below
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.find import Table
    from constructs_lib.operations.story.tree import Scopes
    from functions.contract.ledger import LedgerEntry

SEARCHED = timedelta(days=14)
"""How far back the archive is searched for a run id: as long as SQS keeps a message at most."""


class Others(Protocol):
    """The parts of the ledger that other pipelines have."""

    def started_elsewhere(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return the entries of other pipelines whose workflows a run has started."""

    def of_pipeline(self, pipeline: str) -> Table:
        """Return the part of another pipeline."""


@dataclass(frozen=True)
class StorySearch:
    """Table and archive of one pipeline in one region, at one moment."""

    table: Table
    archive: Archive
    region: str
    now: datetime
    scopes: Scopes | None = None
    """What is around which step of the workflow; None where there is none."""
    others: Others | None = None
    """Runs of other pipelines, which steps have started; None where nobody looks for them."""

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
        children = _continuing(self.table, entries)
        below = tuple(self._below((*entries, *children))) if self.others else ()
        return tell(entries, children, self.region, self.scopes, below)

    def _below(self, entries: tuple[LedgerEntry, ...]) -> Iterator[Below]:
        """Yield what ran in other pipelines for a step of these runs, and for steps of those in turn."""
        if self.others is None:
            return
        runs = dict.fromkeys(entry.run_id for entry in entries if entry.status is Status.STARTED)
        for started in (one for run in runs for one in self.others.started_elsewhere(run)):
            table = self.others.of_pipeline(started.pipeline)
            own = table.of_run_token(started.run_token)
            told = tuple(replace(entry, step=started.step) for entry in own if entry.step in {None, started.step})
            inside = _continuing(table, own)
            deeper = tuple(self._below((started, *inside)))
            yield Below(told, inside, deeper)

    def _of_run_id(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """No index leads from a run id to its token; what continues it may, else the archive is read backwards."""
        first = (self.now - SEARCHED).date().isoformat()
        for day in reversed([day for day in self.archive.days() if day >= first]):
            for entry in self.archive.entries_of_day(day):
                if entry.run_id == run_id:
                    return self.table.of_run_token(entry.run_token)
        return ()


def _continuing(table: Table, entries: tuple[LedgerEntry, ...]) -> tuple[LedgerEntry, ...]:
    """Return what continues the runs of one run token: its steps, and other runs; not what else its parent started."""
    started = (entry.parent_run_id for entry in entries if entry.run_id.startswith(entry.run_token))
    runs = dict.fromkeys((*(entry.run_id for entry in entries), *filter(None, started)))
    found = (child for children in in_order(table.of_parent_run, runs) for child in children)
    return tuple(child for child in found if child.status is not Status.STARTED or child.step is None)
