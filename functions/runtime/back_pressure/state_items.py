"""Single items of the state table: inserted once, changed under a condition, read consistently."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.state import PARTITION_KEY, SORT_KEY
from functions.runtime.partiql import execute, insert, read_items, update

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.partiql import Answer

Key = tuple[str, str]


class StateItems(Protocol):
    """Where items are kept. Methods raise what AWS calls raise; ``read`` also ``LookupError`` when it was not read."""

    def read(self, key: Key) -> dict[str, Any] | None:
        """Return the item, or None."""

    def insert(self, key: Key, values: Mapping[str, Any]) -> Answer:
        """Insert an item; a conflict means that it exists."""

    def update(self, key: Key, values: Mapping[str, Any], wanted: Mapping[str, Any]) -> Answer:
        """Change an item in which ``wanted`` still stands; a conflict means that it does not."""


class PartiqlStateItems:
    """Items by PartiQL statements, so that a grant can tell inserts from updates."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def read(self, key: Key) -> dict[str, Any] | None:
        """Return the item, or None."""
        return next(iter(read_items(self._client(), self._table, [key])), None)

    def insert(self, key: Key, values: Mapping[str, Any]) -> Answer:
        """Insert an item; a conflict means that it exists."""
        return execute(self._client(), [insert(self._table, {**_named(key), **values})])[0]

    def update(self, key: Key, values: Mapping[str, Any], wanted: Mapping[str, Any]) -> Answer:
        """Change an item in which ``wanted`` still stands."""
        return execute(self._client(), [update(self._table, values, {**_named(key), **wanted})])[0]


def _named(key: Key) -> dict[str, Any]:
    return {PARTITION_KEY: key[0], SORT_KEY: key[1]}
