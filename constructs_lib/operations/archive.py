"""The archive of one pipeline's ledger: entries by the day on which they were archived, and the seals over the days."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError
from constructs_lib.operations.in_order import in_order
from functions.contract.archive import day_prefix, pipeline_prefix, seal_prefix, unpack
from functions.contract.ledger import LedgerEntry
from functions.contract.seal import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from constructs_lib.operations.bucket import Objects, Stored
    from constructs_lib.operations.window import Window

_DAY_FOLDER = "date="


@dataclass(frozen=True)
class Archive:
    """What is archived of one pipeline."""

    objects: Objects
    pipeline: str

    def days(self) -> list[str]:
        """Return the days that have entries, oldest first, as ``YYYY-MM-DD``."""
        folders = self.objects.folders(pipeline_prefix(self.pipeline))
        return [name.removeprefix(_DAY_FOLDER) for name in folders if name.startswith(_DAY_FOLDER)]

    def objects_of(self, day: str) -> Iterator[Stored]:
        """Yield the archive objects of a day in the order of their keys."""
        return self.objects.stored(day_prefix(self.pipeline, day))

    def seals(self) -> Iterator[Stored]:
        """Yield the objects that hold the seals, by day."""
        return self.objects.stored(seal_prefix(self.pipeline))

    def texts(self, days: Iterable[str]) -> Iterator[str]:
        """Yield the entries of some days in archive order, each once a day; objects are read several at once.

        Raises:
            UserError: ``archive-damaged`` names an object that cannot be read.
        """
        for day in days:
            bodies = in_order(self._first_lines, (stored for stored in self.objects_of(day) if stored.versions))
            yield from entries_of(line for lines in bodies for line in lines)

    def entries(self, window: Window, today: datetime) -> Iterator[LedgerEntry]:
        """Yield the entries that were recorded in a window; costs a listing a day and a read for each of its objects.

        Raises:
            UserError: ``archive-damaged``.
        """
        return (_entry(text) for text in self.texts_in(window, today))

    def texts_in(self, window: Window, today: datetime) -> Iterator[str]:
        """Yield the texts of the entries that were recorded in a window, in archive order; raises as ``entries`` does.

        What was archived late, on the day after, comes with that day.
        """
        for text in self.texts(window.archive_days(today)):
            if window.holds(_entry(text).recorded_at):
                yield text

    def entries_of_day(self, day: str) -> Iterator[LedgerEntry]:
        """Yield the entries that were archived on a day; raises as ``entries`` does."""
        return map(_entry, self.texts([day]))

    def _first_lines(self, stored: Stored) -> list[str]:
        """The oldest version is the one that was archived; what came on top of it is for ``verify`` to tell."""
        try:
            return unpack(self.objects.body(stored.key, stored.versions[0]))
        except (OSError, EOFError, ValueError) as error:
            raise _damaged(stored.key, error) from None


def _entry(text: str) -> LedgerEntry:
    try:
        return LedgerEntry.from_text(text)
    except ValueError as error:
        raise _damaged(text[:100], error) from None


def _damaged(place: str, error: Exception) -> UserError:
    allowed, fix = (
        "archived entries as they were written",
        "run pipelines ledger verify, which says what was done to it",
    )
    return UserError.of("archive-damaged", place, str(error), allowed, fix)
