"""What the consolidating handler is given: the parts by name, each read from where it landed when it is asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, overload

from functions.contract.landed_lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from functions.runtime.groups.store import RegisteredPart
    from functions.runtime.objects import ObjectStore


NUMBERED = re.compile(r"(?P<worker>[a-z0-9-]+)\[(?P<number>[0-9]+)\]")
"""The name of one of several parts of a worker."""


def _in_order(name: str) -> tuple[str, int]:
    """Return what names are sorted by: the tenth part of a worker comes after the second."""
    found = NUMBERED.fullmatch(name)
    return (found["worker"], int(found["number"])) if found else (name, -1)


class PartReader:
    """Reads landed lines; parts that landed together share an object, so the last one is kept, and no more."""

    def __init__(self, objects: ObjectStore) -> None:
        """``objects`` reads an object as a whole: at most 25 records, each at most the size of a message."""
        self._objects = objects
        self._place = ""
        self._lines: list[bytes] = []

    def lines(self, location: str) -> list[bytes]:
        """Return the lines at a location; raises what AWS calls raise."""
        place, _, numbers = location.partition("#")
        if place != self._place:
            bucket, _, key = place.removeprefix("s3://").partition("/")
            self._lines = lines_of(key, self._objects.get(bucket, key))
            self._place = place
        first, _, last = numbers.partition("-")
        return self._lines[int(first) - 1 : int(last or first)]

    def result(self, kept: str | None) -> Any:
        """Return what a worker has returned, by what its item says of it; raises what AWS calls raise."""
        if kept is None:
            return None
        from functions.runtime.fan_in.results import Result

        return Result.from_json(kept).read(self._objects)


@dataclass(frozen=True)
class PartData:
    """One part: its name, the run that landed it, and where; None when its run put nothing."""

    name: str
    run_token: str
    location: str | None
    _reader: PartReader = field(repr=False, compare=False)
    _result: str | None = field(default=None, repr=False)

    @property
    def result(self) -> Any:
        """What the worker has returned for the part, decoded; None where it returned nothing, or is no worker.

        Raises:
            BotoCoreError, ClientError: S3 did not hand out a large one; the run is then tried again.
        """
        return self._reader.result(self._result)

    def records(self) -> Iterator[Any]:
        """Yield what the part's run has put, decoded; it is read when it is asked for.

        Raises:
            BotoCoreError, ClientError: S3 did not hand it out; the run is then tried again.
        """
        for line in self._reader.lines(self.location) if self.location else ():
            yield json.loads(line)


class Parts(Sequence[PartData]):
    """The parts of one group, at most ``fan_in.max_items``, sorted by name.

    ``key`` holds the values of the group's expressions. When ``complete`` is false, ``missing_count`` parts have not
    come in time, and ``missing`` names them where names were declared.
    """

    def __init__(
        self,
        key: tuple[Any, ...],
        parts: tuple[RegisteredPart, ...],
        missing_count: int,
        missing: tuple[str, ...],
        reader: PartReader,
    ) -> None:
        """Hand over what is known; nothing has been read."""
        self.key = key
        self.missing_count = missing_count
        self.missing = missing
        ordered = sorted(parts, key=lambda part: _in_order(part.name))
        self._parts = [PartData(part.name, part.run_token, part.location, reader, part.result) for part in ordered]

    @property
    def complete(self) -> bool:
        """Whether every expected part is there."""
        return self.missing_count == 0

    @property
    def results(self) -> dict[str, Any]:
        """What the workers have returned, by the names of their parts: ``captions``, ``rows[0]``, ``rows[1]``."""
        return {part.name: part.result for part in self._parts}

    def records(self) -> Iterator[Any]:
        """Yield the records of all parts, one object in memory at a time."""
        for part in self._parts:
            yield from part.records()

    @overload
    def __getitem__(self, index: int) -> PartData: ...
    @overload
    def __getitem__(self, index: slice) -> list[PartData]: ...
    def __getitem__(self, index: int | slice) -> PartData | list[PartData]:
        """Return a part by its position."""
        return self._parts[index]

    def __len__(self) -> int:
        """Return how many parts are there."""
        return len(self._parts)
