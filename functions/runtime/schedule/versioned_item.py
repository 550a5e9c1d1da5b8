"""One item of the state table that is changed only from the state in which it was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.state import ABOUT, REVISION, TTL_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.back_pressure.state_items import Key, StateItems


class VersionedItem:
    """An item whose value is JSON. Methods raise what AWS calls raise, and ``LookupError``, when nothing is known."""

    def __init__(self, items: StateItems, key: Key) -> None:
        """``key`` is where it stands; nothing is read yet."""
        self._items = items
        self._key = key

    def read(self) -> tuple[dict[str, Any] | None, int]:
        """Return the value and its revision; None and 0 where there is no item yet."""
        item = self._items.read(self._key)
        return (json.loads(item[ABOUT]), item[REVISION]) if item else (None, 0)

    def write(self, value: Mapping[str, Any], revision: int, expires_at: int | None = None) -> bool:
        """Return whether the value was put in the place of the ``revision`` that was read; another may be faster.

        ``expires_at`` in seconds since 1970 is when the item may be removed; None keeps it.
        """
        changed: dict[str, Any] = {ABOUT: canonical_json(dict(value)), REVISION: revision + 1}
        if expires_at is not None:
            changed[TTL_ATTRIBUTE] = expires_at
        if revision == 0:
            answer = self._items.insert(self._key, changed)
        else:
            answer = self._items.update(self._key, changed, {REVISION: revision})
        if not answer.done and not answer.conflict:
            raise LookupError(answer.code)
        return answer.done
