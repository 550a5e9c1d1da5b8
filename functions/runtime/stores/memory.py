"""The stores in memory, for tests of handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.runtime.stores.memory_bucket import MemoryBucket
from functions.runtime.stores.memory_table import MemoryTable
from functions.runtime.stores.wiring import bucket_options, keys_of

if TYPE_CHECKING:
    from functions.contract.environment import StoreSettings

__all__ = ["MemoryBucket", "MemoryTable", "memory_stores"]


def memory_stores(settings: tuple[StoreSettings, ...]) -> dict[str, MemoryTable | MemoryBucket]:
    """Return an empty store in memory for each that is declared, by its name."""
    return {store.name: _memory(store) for store in settings}


def _memory(store: StoreSettings) -> MemoryTable | MemoryBucket:
    if store.type == "table":
        return MemoryTable(keys_of(store), name=store.name, access=store.access)
    return MemoryBucket(store.name, access=store.access, **bucket_options(store))
