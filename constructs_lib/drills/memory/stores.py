"""Declared stores in memory whose every call counts, and may go wrong like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from functions.runtime.stores.memory import MemoryBucket, MemoryTable
from functions.runtime.stores.wiring import bucket_options, keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.drills.memory.faults import Calls
    from functions.contract.environment import StoreSettings
    from functions.runtime.stores import ObjectInfo
    from functions.runtime.stores.checked_table import Change, Condition, Query, Written

Attributes = dict[str, Any]


def drilled_stores(settings: tuple[StoreSettings, ...], calls: Calls) -> dict[str, DrilledTable | DrilledBucket]:
    """Return an empty store for each that is declared, by its name; calls are named ``orders.put`` and the like."""
    return {
        store.name: DrilledTable(store, calls) if store.type == "table" else DrilledBucket(store, calls)
        for store in settings
    }


class DrilledTable(MemoryTable):
    """A table."""

    def __init__(self, store: StoreSettings, calls: Calls) -> None:
        """Begin empty, with keys and access of the declaration."""
        super().__init__(keys_of(store), name=store.name, access=store.access)
        self._calls = calls

    def _get(self, key: Attributes) -> Attributes | None:
        with self._calls.of_handler(f"{self.name}.get"):
            return super()._get(key)

    def _get_all(self, keys: list[Attributes]) -> Iterable[Attributes]:
        with self._calls.of_handler(f"{self.name}.get_many"):
            return [item for key in keys if (item := super(DrilledTable, self)._get(key)) is not None]

    def _query(self, query: Query) -> Iterable[Attributes]:
        with self._calls.of_handler(f"{self.name}.query"):
            return super()._query(query)

    def _put(self, item: Attributes, when: tuple[Condition, ...]) -> Written:
        with self._calls.of_handler(f"{self.name}.put"):
            return super()._put(item, when)

    def _update(self, key: Attributes, change: Change, when: tuple[Condition, ...]) -> Written:
        with self._calls.of_handler(f"{self.name}.update"):
            return super()._update(key, change, when)

    def _delete(self, key: Attributes, when: tuple[Condition, ...]) -> Written:
        with self._calls.of_handler(f"{self.name}.delete"):
            return super()._delete(key, when)


class DrilledBucket(MemoryBucket):
    """A bucket."""

    def __init__(self, store: StoreSettings, calls: Calls) -> None:
        """Begin empty, with the limits of the declaration."""
        super().__init__(store.name, access=store.access, **bucket_options(store))
        self._calls = calls

    def _open(self, key: str) -> BinaryIO:
        with self._calls.of_handler(f"{self.name}.read"):
            return super()._open(key)

    def _info(self, key: str) -> ObjectInfo:
        with self._calls.of_handler(f"{self.name}.info"):
            return super()._info(key)

    def _list(self, prefix: str, _page: int = 1000, /) -> Iterator[ObjectInfo]:
        with self._calls.of_handler(f"{self.name}.list"):
            return super()._list(prefix, _page)

    def _put(self, key: str, file: BinaryIO, content_type: str, metadata: dict[str, str]) -> None:
        with self._calls.of_handler(f"{self.name}.put"):
            super()._put(key, file, content_type, metadata)

    def _delete(self, key: str) -> None:
        with self._calls.of_handler(f"{self.name}.delete"):
            super()._delete(key)
