"""The stores in memory keep the promises of those in AWS, and show a test what they hold."""

from __future__ import annotations

import pytest

from functions.contract.environment import StoreSettings
from functions.runtime.stores import StoreMisuse
from functions.runtime.stores.memory import MemoryBucket, MemoryTable, memory_stores
from tests.runtime.stores.bucket_contract import PREFIX, BucketContract
from tests.runtime.stores.table_contract import KEYS, StrictConditions, TableContract


class TestMemoryTable(TableContract, StrictConditions):
    """The table."""

    @pytest.fixture
    def table(self) -> MemoryTable:
        return MemoryTable(KEYS)


class TestMemoryBucket(BucketContract):
    """The bucket."""

    @pytest.fixture
    def bucket(self) -> MemoryBucket:
        return MemoryBucket(prefix=PREFIX)


def test_a_table_is_made_from_the_names_of_its_keys() -> None:
    table = MemoryTable(("customer", "at:N"), indexes={"by-status": "status"})
    table.put({"customer": "ann", "at": 2, "status": "open"})
    table.put({"customer": "ann", "at": 1, "status": "closed"})
    assert [item["at"] for item in table.items] == [1, 2]
    assert [item["at"] for item in table.query("open", index="by-status")] == [2]
    assert MemoryTable("id").put_if_absent({"id": "a"})


def test_a_test_sees_the_objects() -> None:
    bucket = MemoryBucket()
    bucket.put("b", b"2")
    bucket.put("a", b"1")
    assert bucket.objects == {"a": b"1", "b": b"2"}


def test_declared_stores_are_made_with_their_limits() -> None:
    stores = memory_stores(
        (
            StoreSettings("orders", "table", "t", "read", {"key": [["id", "S"], ["at", "N"]]}),
            StoreSettings("files", "bucket", "b", "read", {"prefix": "in/"}),
        )
    )
    orders, files = stores["orders"], stores["files"]
    assert isinstance(orders, MemoryTable)
    assert isinstance(files, MemoryBucket)
    assert orders.get(("a", 1)) is None
    with pytest.raises(StoreMisuse, match="'orders' is declared with access: read"):
        orders.put({"id": "a", "at": 1})
    with pytest.raises(StoreMisuse, match="list: true"):
        files.list()
    with pytest.raises(StoreMisuse, match="prefix: in/"):
        files.read("out/a")
