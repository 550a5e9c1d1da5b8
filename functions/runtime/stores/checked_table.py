"""What every table does before it asks: access, keys and values are checked, and nothing wrong leaves the function."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.runtime.stores.access import check_access
from functions.runtime.stores.conditions import ABSENT, operands
from functions.runtime.stores.errors import StoreMisuse
from functions.runtime.stores.table import Outcome
from functions.runtime.stores.values import from_attributes, to_attribute, to_attributes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from decimal import Decimal

    from functions.runtime.stores.keys import IndexKeys, TableKeys
    from functions.runtime.stores.table import Item, Key, KeyPart
    from functions.runtime.stores.values import Attribute, Attributes


@dataclass(frozen=True)
class Condition:
    """One condition of a write."""

    name: str
    operator: str
    values: tuple[Attribute, ...]


@dataclass(frozen=True)
class Change:
    """What an update does to attributes."""

    set: Attributes
    add: Attributes
    remove: tuple[str, ...]


@dataclass(frozen=True)
class Query:
    """One partition of a table or an index, and which part of it."""

    keys: IndexKeys
    index: str | None
    partition: Attribute
    operator: str
    """``begins_with``, ``BETWEEN``, or empty for the whole partition."""
    values: tuple[Attribute, ...]
    limit: int | None
    newest_first: bool


@dataclass(frozen=True)
class Written:
    """Whether a write happened, and the item that it left or that stood in the way."""

    done: bool
    item: Attributes | None = None


class CheckedTable(ABC):
    """A table whose subclass keeps attributes in DynamoDB's form."""

    def __init__(self, name: str, keys: TableKeys, access: str = "read_write_delete") -> None:
        """``name`` is the declared one, for messages; ``access`` joins ``read``, ``write``, ``delete``."""
        self.name = name
        self.keys = keys
        self.access = access

    def get(self, key: Key) -> Item | None:
        """Return an item, or None where there is none."""
        self._may("read")
        found = self._get(self.keys.key(key))
        return None if found is None else from_attributes(found)

    def get_many(self, keys: Iterable[Key]) -> list[Item | None]:
        """Return the items in the order of their keys, None for each that does not exist."""
        self._may("read")
        wanted = [self.keys.key(key) for key in keys]
        distinct = {_hashable(key): key for key in wanted}
        names = self.keys.table.names
        found = {
            _hashable({name: item[name] for name in names}): item for item in self._get_all(list(distinct.values()))
        }
        items = (found.get(_hashable(key)) for key in wanted)
        return [None if item is None else from_attributes(item) for item in items]

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
        """Yield the items of one partition in the order of the sort key."""
        self._may("read")
        keys = self.keys.index(index)
        operator, values = _sort_condition(keys, prefix, between)
        if limit is not None and limit < 1:
            raise StoreMisuse(f"{self.name}: limit is {limit}; it starts at 1")
        wanted = Query(keys, index, keys.partition.attribute(partition), operator, values, limit, newest_first)
        return (from_attributes(item) for item in self._query(wanted))

    def put(self, item: Mapping[str, Any], *, when: Mapping[str, Any] | None = None) -> Outcome:
        """Write an item in place of the one with its key."""
        self._may("write")
        self.keys.of_item(item)
        return _outcome(self._put(to_attributes(item), self._conditions(when)))

    def put_if_absent(self, item: Mapping[str, Any]) -> bool:
        """Write an item unless there is one with its key; return whether it was written."""
        return self.put(item, when={self.keys.table.partition.name: ABSENT}).done

    def update(
        self,
        key: Key,
        changes: Mapping[str, Any] | None = None,
        *,
        add: Mapping[str, int | float | Decimal] | None = None,
        remove: Iterable[str] = (),
        when: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Change attributes, count numbers up or down and remove attributes, in one step."""
        self._may("write")
        change = Change(to_attributes(changes or {}), to_attributes(add or {}), tuple(dict.fromkeys(remove)))
        self._check_change(change)
        self.keys.check_indexes({**(changes or {}), **(add or {})})
        return _outcome(self._update(self.keys.key(key), change, self._conditions(when)))

    def delete(self, key: Key, *, when: Mapping[str, Any] | None = None) -> Outcome:
        """Remove an item; one that does not exist is removed already."""
        self._may("delete")
        return _outcome(self._delete(self.keys.key(key), self._conditions(when)))

    @abstractmethod
    def _get(self, key: Attributes) -> Attributes | None: ...

    @abstractmethod
    def _get_all(self, keys: list[Attributes]) -> Iterable[Attributes]: ...

    @abstractmethod
    def _query(self, query: Query) -> Iterable[Attributes]: ...

    @abstractmethod
    def _put(self, item: Attributes, when: tuple[Condition, ...]) -> Written: ...

    @abstractmethod
    def _update(self, key: Attributes, change: Change, when: tuple[Condition, ...]) -> Written: ...

    @abstractmethod
    def _delete(self, key: Attributes, when: tuple[Condition, ...]) -> Written: ...

    def _may(self, wanted: str) -> None:
        check_access(self.name, self.access, wanted)

    def _conditions(self, when: Mapping[str, Any] | None) -> tuple[Condition, ...]:
        found = operands(when or {})
        empty = [name for name, operator, values in found if operator == "IN" and not values]
        if empty:
            raise StoreMisuse(f"{self.name}: OneOf of {empty[0]} has no values")
        return tuple(
            Condition(name, operator, tuple(to_attribute(value, name) for value in values))
            for name, operator, values in found
        )

    def _check_change(self, change: Change) -> None:
        names = [*change.set, *change.add, *change.remove]
        if not names:
            raise StoreMisuse(f"{self.name}: the update changes nothing; give changes, add or remove")
        if len(names) > len(set(names)):
            raise StoreMisuse(f"{self.name}: an update names each attribute once")
        for name in set(names) & set(self.keys.table.names):
            raise StoreMisuse(f"{self.name}: {name} is a part of the key; put a new item and delete the old one")
        for name, value in change.add.items():
            if "N" not in value:
                raise StoreMisuse(f"{self.name}: add counts numbers; {name} is none")


def _outcome(written: Written) -> Outcome:
    return Outcome(written.done, None if written.item is None else from_attributes(written.item))


def _sort_condition(
    keys: IndexKeys, prefix: str | None, between: tuple[KeyPart, KeyPart] | None
) -> tuple[str, tuple[Attribute, ...]]:
    if prefix is None and between is None:
        return "", ()
    if prefix is not None and between is not None:
        raise StoreMisuse("give prefix or between, not both")
    if keys.sort is None:
        raise StoreMisuse(f"{keys.partition.name} has no sort key beside it: leave prefix and between out")
    if between is not None:
        low, high = (keys.sort.attribute(value) for value in between)
        return "BETWEEN", (low, high)
    if keys.sort.type != "S":
        raise StoreMisuse(f"{keys.sort.name} is a number: give between instead of prefix")
    return ("begins_with", (keys.sort.attribute(prefix),)) if prefix else ("", ())


def _hashable(key: Attributes) -> tuple[tuple[str, str], ...]:
    """Numbers are written in one way, so equal keys are equal texts; a service may answer in another."""
    plain = from_attributes(key)
    return tuple((name, f"{next(iter(key[name]))}{plain[name]}") for name in sorted(key))
