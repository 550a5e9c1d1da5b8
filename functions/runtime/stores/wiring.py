"""From the settings of declared stores to the stores of a deployed function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.stores.errors import StoreMisuse
from functions.runtime.stores.keys import IndexKeys, KeyAttribute, TableKeys

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.environment import StoreSettings


def aws_stores(settings: tuple[StoreSettings, ...], client: Callable[[str], Any]) -> dict[str, Any]:
    """Return the declared stores by name; ``client`` makes or returns the client of a service, at its first use."""
    return {store.name: _aws(store, client) for store in settings}


def _aws(store: StoreSettings, client: Callable[[str], Any]) -> Any:
    if store.type == "table":
        from functions.runtime.stores.dynamodb_table import DynamoDbTable

        keys = keys_of(store)
        return DynamoDbTable(lambda: client("dynamodb"), store.target, name=store.name, keys=keys, access=store.access)
    from functions.runtime.stores.s3_bucket import S3Bucket

    return S3Bucket(lambda: client("s3"), store.target, name=store.name, access=store.access, **bucket_options(store))


def keys_of(store: StoreSettings) -> TableKeys:
    """Return the keys of a table: option ``key`` has pairs of name and type, ``indexes`` the same by name."""
    indexes = {name: _index_keys(parts) for name, parts in store.options.get("indexes", {}).items()}
    return TableKeys(_index_keys(store.options["key"]), indexes)


def _index_keys(parts: list[list[str]]) -> IndexKeys:
    return IndexKeys(*(KeyAttribute(*part) for part in parts))


def bucket_options(store: StoreSettings) -> dict[str, Any]:
    """Return what limits a bucket: its prefix, and whether it may be listed."""
    unknown = set(store.options) - {"prefix", "lists"}
    if unknown:
        raise StoreMisuse(f"store {store.name!r} has options of no bucket: {', '.join(sorted(unknown))}")
    return {"lists": False, **store.options}
