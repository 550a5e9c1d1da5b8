"""The protocols of a table: what a handler may ask of one, wherever it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

Item = dict[str, Any]
"""Attributes by name. Whole numbers are ``int``, others ``Decimal``; a ``float`` that is put is kept by its text."""
KeyPart = str | int | Decimal
Key = KeyPart | tuple[KeyPart, KeyPart]
"""The value of the partition key, or those of partition and sort key where the table has both."""


@dataclass(frozen=True)
class Outcome:
    """What came of a write with conditions; true where it was carried out."""

    done: bool
    item: Item | None = None
    """After an update the item as it is now; after a refusal the item that stood in the way, None without one."""

    def __bool__(self) -> bool:
        """Return whether the write was carried out."""
        return self.done


class TableReader(Protocol):
    """A table that is declared with ``access: read``; a read sees every write that ended before it."""

    def get(self, key: Key) -> Item | None:
        """Return an item, or None where there is none."""

    def get_many(self, keys: Iterable[Key]) -> list[Item | None]:
        """Return the items in the order of their keys, None for each that does not exist.

        Raises:
            StoreBusy: the table left some unread after several tries.
        """

    def query(
        self,
        partition: KeyPart,
        *,
        prefix: str | None = None,
        between: tuple[KeyPart, KeyPart] | None = None,
        index: str | None = None,
        limit: int | None = None,
        newest_first: bool = False,
    ) -> Iterator[Item]:
        """Yield the items of one partition in the order of the sort key, a page at a time as they are asked for.

        ``prefix`` is how the sort key begins, ``between`` its first and last value, both included. Items of an index
        may lag behind the table.
        """


class TableWriter(Protocol):
    """A table that is declared with ``access: write``.

    ``when`` says what the attributes of the item must be for the write to happen: a value that they equal, or
    ``EXISTS``, ``ABSENT``, ``AtLeast``, ``AtMost``, ``OneOf``.
    """

    def put(self, item: Mapping[str, Any], *, when: Mapping[str, Any] | None = None) -> Outcome:
        """Write an item in place of the one with its key."""

    def put_if_absent(self, item: Mapping[str, Any]) -> bool:
        """Write an item unless there is one with its key; return whether it was written."""

    def update(
        self,
        key: Key,
        changes: Mapping[str, Any] | None = None,
        *,
        add: Mapping[str, int | float | Decimal] | None = None,
        remove: Iterable[str] = (),
        when: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Change attributes, count numbers up or down and remove attributes, in one step; a new item begins empty."""


class TableDeleter(Protocol):
    """A table that is declared with ``access: delete``; ``when`` is as in a write."""

    def delete(self, key: Key, *, when: Mapping[str, Any] | None = None) -> Outcome:
        """Remove an item; one that does not exist is removed already."""


class TableReaderWriter(TableReader, TableWriter, Protocol):
    """A table that is declared with ``access: read_write``."""


class TableReaderDeleter(TableReader, TableDeleter, Protocol):
    """A table that is declared with ``access: read_delete``."""


class TableWriterDeleter(TableWriter, TableDeleter, Protocol):
    """A table that is declared with ``access: write_delete``."""


class Table(TableReader, TableWriter, TableDeleter, Protocol):
    """A table that is declared with ``access: read_write_delete``."""
