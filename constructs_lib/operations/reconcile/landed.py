"""Whether the objects that the ledger names as landed are there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.reconcile.reconciliation import Unexplained

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from functions.contract.ledger import LedgerEntry

_SCHEME = "s3://"


@dataclass(frozen=True)
class Location:
    """Where a record stands: an object, without the lines in it."""

    bucket: str
    key: str

    @classmethod
    def of(cls, text: str) -> Location | None:
        """Return the place that a ledger entry names; None outside the Raw Stage, whose objects alone stay for good.

        There a record is named by its line; what else a handler has put is its receiver's to take away.
        """
        place, _, lines = text.partition("#")
        bucket, _, key = place.removeprefix(_SCHEME).partition("/")
        return cls(bucket, key) if text.startswith(_SCHEME) and key and lines else None


def missing_objects(entries: Iterable[LedgerEntry], exists: Callable[[Location], bool]) -> Iterator[Unexplained]:
    """Yield each run whose object is gone; each object is asked for once, several at once."""
    runs: dict[Location, list[LedgerEntry]] = {}
    for entry in entries:
        place = Location.of(entry.location) if entry.location else None
        if place is not None:
            runs.setdefault(place, []).append(entry)
    for place, there in zip(runs, in_order(exists, runs), strict=True):
        if not there:
            for entry in runs[place]:
                detail = f"{entry.location} is not there"
                yield Unexplained("landed-object-missing", entry.run_id, detail, entry.run_token)
