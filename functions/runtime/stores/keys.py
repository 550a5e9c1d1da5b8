"""The keys of a table and its indexes, and what a value of a key must be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.runtime.stores.errors import StoreMisuse
from functions.runtime.stores.values import to_attribute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.stores.values import Attribute, Attributes

WORDS = {"S": "text", "N": "number"}


@dataclass(frozen=True)
class KeyAttribute:
    """One attribute of a key; ``type`` is S or N."""

    name: str
    type: str = "S"

    def attribute(self, value: Any) -> Attribute:
        """Return a value of this attribute; raises ``StoreMisuse`` where it is none, or an empty text."""
        attribute = to_attribute(value, self.name)
        if self.type not in attribute or attribute == {"S": ""}:
            raise StoreMisuse(f"{self.name}: {value!r:.60} is no value of this key; give a {WORDS[self.type]}")
        return attribute


@dataclass(frozen=True)
class IndexKeys:
    """Partition key and, where there is one, sort key."""

    partition: KeyAttribute
    sort: KeyAttribute | None = None

    @property
    def attributes(self) -> tuple[KeyAttribute, ...]:
        """The attributes, the partition key first."""
        return (self.partition, self.sort) if self.sort else (self.partition,)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the attributes."""
        return tuple(part.name for part in self.attributes)


@dataclass(frozen=True)
class TableKeys:
    """The keys of a table and of each of its indexes by name."""

    table: IndexKeys
    indexes: Mapping[str, IndexKeys] = field(default_factory=dict)

    def key(self, key: Any) -> Attributes:
        """Return a key as attributes; raises ``StoreMisuse`` where it has too many or too few parts."""
        keys = self.table
        parts = key if isinstance(key, tuple) else (key,)
        if len(parts) != len(keys.names):
            raise StoreMisuse(f"the key of this table is ({', '.join(keys.names)}): give {len(keys.names)} values")
        return {part.name: part.attribute(value) for part, value in zip(keys.attributes, parts, strict=True)}

    def of_item(self, item: Mapping[str, Any]) -> Attributes:
        """Return the key of an item; raises ``StoreMisuse`` where a part is missing or wrong, also of an index."""
        missing = [name for name in self.table.names if name not in item]
        if missing:
            raise StoreMisuse(f"the item has no {' and no '.join(missing)}, the key of this table")
        self.check_indexes(item)
        return self.key(tuple(item[name] for name in self.table.names))

    def check_indexes(self, item: Mapping[str, Any]) -> None:
        """Raise ``StoreMisuse`` where an attribute is no value of the index whose key it is."""
        for keys in self.indexes.values():
            for part in keys.attributes:
                if part.name in item:
                    part.attribute(item[part.name])

    def index(self, name: str | None) -> IndexKeys:
        """Return the keys of the table or of an index; raises ``StoreMisuse`` that lists the indexes."""
        if name is None:
            return self.table
        if name not in self.indexes:
            raise StoreMisuse(f"index {name!r} is not declared; declared indexes: {', '.join(self.indexes) or 'none'}")
        return self.indexes[name]
