"""A table in memory, for tests: it keeps every promise of the one in DynamoDB but those of durability and size."""

from __future__ import annotations

from copy import deepcopy
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from functions.runtime.stores.checked_table import CheckedTable, Written
from functions.runtime.stores.errors import StoreMisuse
from functions.runtime.stores.keys import IndexKeys, KeyAttribute, TableKeys
from functions.runtime.stores.values import from_attributes, to_attribute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from functions.runtime.stores.checked_table import Change, Condition, Query
    from functions.runtime.stores.table import Item
    from functions.runtime.stores.values import Attribute, Attributes

Names = str | tuple[str, str]


class MemoryTable(CheckedTable):
    """A table by the names of its keys: ``MemoryTable("order_id")``, ``MemoryTable(("customer", "at:N"))``.

    A name that ends in ``:N`` is a number's.
    """

    def __init__(
        self,
        key: Names | TableKeys,
        *,
        indexes: Mapping[str, Names] | None = None,
        name: str = "table",
        access: str = "read_write_delete",
    ) -> None:
        """Begin empty; ``indexes`` are the names of their keys by the indexes' names."""
        others = {index: _keys(names) for index, names in (indexes or {}).items()}
        super().__init__(name, key if isinstance(key, TableKeys) else TableKeys(_keys(key), others), access)
        self._items: dict[tuple[Any, ...], Attributes] = {}

    def fill(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Put what others have put, whatever this table's own access is."""
        for item in items:
            attributes = {name: to_attribute(value, name) for name, value in item.items()}
            self._items[self._place(attributes)] = attributes

    @property
    def items(self) -> list[Item]:
        """Every item, in the order of their keys: what a test looks at."""
        return [from_attributes(item) for _, item in sorted(self._items.items())]

    def _get(self, key: Attributes) -> Attributes | None:
        return deepcopy(self._items.get(self._place(key)))

    def _get_all(self, keys: list[Attributes]) -> Iterable[Attributes]:
        return [item for key in keys if (item := self._get(key)) is not None]

    def _query(self, query: Query) -> Iterable[Attributes]:
        names = query.keys.names
        found = [item for item in self._items.values() if all(name in item for name in names)]
        found = [item for item in found if item[names[0]] == query.partition and _in_range(item, query)]
        found.sort(key=lambda item: [_comparable(item[name]) for name in names[1:]], reverse=query.newest_first)
        return deepcopy(found[: query.limit])

    def _put(self, item: Attributes, when: tuple[Condition, ...]) -> Written:
        place = self._place(item)
        if not _hold(self._items.get(place), when):
            return Written(False, deepcopy(self._items.get(place)))
        self._items[place] = deepcopy(item)
        return Written(True)

    def _update(self, key: Attributes, change: Change, when: tuple[Condition, ...]) -> Written:
        place = self._place(key)
        before = self._items.get(place)
        if not _hold(before, when):
            return Written(False, deepcopy(before))
        after = {**(before or key), **change.set}
        for name, number in change.add.items():
            after[name] = _sum(name, after.get(name, {"N": "0"}), number)
        self._items[place] = deepcopy({name: value for name, value in after.items() if name not in change.remove})
        return Written(True, deepcopy(self._items[place]))

    def _delete(self, key: Attributes, when: tuple[Condition, ...]) -> Written:
        place = self._place(key)
        if not _hold(self._items.get(place), when):
            return Written(False, deepcopy(self._items.get(place)))
        self._items.pop(place, None)
        return Written(True)

    def _place(self, item: Attributes) -> tuple[Any, ...]:
        return tuple(_comparable(item[name]) for name in self.keys.table.names)


def _keys(names: Names) -> IndexKeys:
    parts = [KeyAttribute(*name.split(":")) for name in ((names,) if isinstance(names, str) else names)]
    return IndexKeys(*parts)


def _comparable(attribute: Attribute) -> Any:
    """DynamoDB orders texts by their bytes in UTF-8 and numbers by value."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return Decimal(value)
    return value.encode() if kind == "S" else value


def _in_range(item: Attributes, query: Query) -> bool:
    if not query.operator or query.keys.sort is None:
        return True
    value = _comparable(item[query.keys.sort.name])
    if query.operator == "begins_with":
        return bool(value.startswith(_comparable(query.values[0])))
    low, high = (_comparable(bound) for bound in query.values)
    return bool(low <= value <= high)


def _hold(item: Attributes | None, when: tuple[Condition, ...]) -> bool:
    return all(_holds((item or {}).get(condition.name), condition) for condition in when)


def _holds(found: Attribute | None, condition: Condition) -> bool:
    if condition.operator == "attribute_not_exists":
        return found is None
    if found is None or condition.operator == "attribute_exists":
        return found is not None
    if condition.operator in ("=", "IN"):
        return found in condition.values
    (bound,) = condition.values
    if found.keys() != bound.keys() or not found.keys() <= {"S", "N", "B"}:
        return False
    value, limit = _comparable(found), _comparable(bound)
    return bool(value >= limit if condition.operator == ">=" else value <= limit)


def _sum(name: str, before: Attribute, added: Attribute) -> Attribute:
    if "N" not in before:
        raise StoreMisuse(f"{name}: the item has no number there to add to")
    return to_attribute(Decimal(before["N"]) + Decimal(added["N"]), name)
