"""The dynamodb output: items are written after the handler, many a call where nothing is asked of what stands there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.outputs.draft import OutputMisuse, SendDraft
from functions.runtime.outputs.raw import plain
from functions.runtime.outputs.table_write import ON_CONFLICT, Write
from functions.runtime.stores.keys import IndexKeys, KeyAttribute, TableKeys
from functions.runtime.stores.values import to_attributes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.outputs.kind import Landed
    from functions.runtime.services import Services


class TableDraft(SendDraft[Write]):
    """The writes that one run has put."""

    def __init__(self, text: str, argument: Any, token: str, keys: TableKeys) -> None:
        """``keys`` are those of the table."""
        super().__init__(text, argument, token)
        self._keys = keys

    def put(
        self,
        item: Any,
        *,
        if_absent: bool = False,
        if_newer: str | None = None,
        on_conflict: str = ON_CONFLICT[0],
    ) -> None:
        """Keep one item: a mapping, a dataclass or a model; decimals and floats are numbers.

        Args:
            item: written in place of the one with its key.
            if_absent: write it only where there is no item with its key.
            if_newer: an attribute of it; write it only where there is no item, or one whose value is below.
            on_conflict: ``ignore`` leaves what stands there and goes on; ``fail`` gives the record up.

        Raises:
            OutputMisuse: both conditions are given, or one names an attribute that the item does not have.
            StoreMisuse: the item lacks its key or holds what DynamoDB cannot keep.
            RuntimeError: the run has ended.
        """
        value = plain(item)
        if not isinstance(value, dict):
            raise OutputMisuse(f"an item is a mapping, not {type(value).__name__}")
        if on_conflict not in ON_CONFLICT or (if_absent and if_newer is not None):
            raise OutputMisuse("give one of if_absent and if_newer, and on_conflict as ignore or fail")
        if if_newer is not None and if_newer not in value:
            raise OutputMisuse(f"if_newer names {if_newer!r}, which the item does not have")
        self._next_id()
        key = self._keys.of_item(value)
        self.entries.append(Write(key, to_attributes(value), if_absent, if_newer, on_conflict))

    def delete(self, key: Any) -> None:
        """Keep the removal of an item: its key, or partition and sort key; one that is gone is removed already."""
        self._next_id()
        self.entries.append(Write(self._keys.key(key), None))


class TableOutput:
    """One table."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the table; option ``key`` has pairs of name and type."""
        self._settings = settings
        self._services = services
        self._keys = TableKeys(IndexKeys(*(KeyAttribute(*part) for part in settings.options["key"])))

    def draft(self, text: str, argument: Any, token: str) -> TableDraft:
        """Return an empty draft."""
        return TableDraft(text, argument, token, self._keys)

    def land(self, drafts: Sequence[tuple[str, TableDraft]], flush: Flush) -> list[Landed | Failure]:
        """Write what all drafts hold, in the order in which it was put."""
        from functions.runtime.outputs.table_writes import TableWrites

        writes = TableWrites(self._settings.name, self._settings.target, self._services, flush.left)
        return writes.land([draft.entries for _, draft in drafts])


def make(settings: OutputSettings, services: Services) -> TableOutput:
    """Return one table."""
    return TableOutput(settings, services)
