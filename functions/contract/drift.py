"""Drift: fields that the source sends and the contract does not know."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.contract.identity import text_hash
from functions.contract.json_schema import resolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_FIELDS = 20
"""Unknown fields that one ledger entry names."""
MAX_LENGTH = 200
"""Characters of one field path; names come from outside."""
HASHED = 12
"""Hex digits that stand for a name that must not be shown; with them whoever knows a name can tell that it was it."""
MAX_LEVELS = 1000
"""Levels that are kept; which patterns apply together is up to the source, so their number must have an end."""
IN_PLACE = ("allOf", "anyOf", "oneOf")
CONDITIONAL = ("if", "then", "else")

Schema = dict[str, Any]


@dataclass(frozen=True)
class Level:
    """What all schemas that apply to one value say together; ``fields`` and ``items`` fill as bodies need them."""

    schemas: tuple[Schema, ...]
    blind: bool
    """Neither here nor below is any field named, so nothing can be drift."""
    closed: bool
    """Fields that are not named are drift."""
    patterns: bool
    prefix: int
    """Items that have schemas of their own."""
    fields: dict[str, Level] = field(default_factory=dict)
    items: dict[int, Level | None] = field(default_factory=dict)


class DriftSearch:
    """A schema whose levels are worked out once, not once a record.

    An object whose schema names no fields, or says something about further ones by ``additionalProperties``, is open by
    intent: nothing in it is drift.
    """

    def __init__(self, schema: Any, *, hides_names: bool = False) -> None:
        """Search by this 2020-12 schema, whose references are known to lead somewhere.

        With ``hides_names`` a name that the schema does not spell out is told by its hash: ``lines[].#9f86d081884c``.
        """
        self._root = schema
        self._hides_names = hides_names
        self._levels: dict[frozenset[int], Level] = {}

    def unknown_fields(self, body: Any) -> tuple[str, ...]:
        """Return the paths of fields that the schema does not name, sorted, such as ``lines[].colour``."""
        found: set[str] = set()
        self._walk(self._level([self._root]), body, "", found)
        return tuple(_clipped(path) for path in sorted(found)[:MAX_FIELDS])

    def _walk(self, level: Level, value: Any, path: str, found: set[str]) -> None:
        if level.blind:
            return
        if isinstance(value, dict):
            self._walk_object(level, value, path, found)
        elif isinstance(value, list):
            for index, item in enumerate(value):
                below = self._item(level, index)
                if below and len(found) < MAX_FIELDS:
                    self._walk(below, item, f"{path}[]", found)

    def _walk_object(self, level: Level, value: dict[str, Any], path: str, found: set[str]) -> None:
        for name, item in value.items():
            below = level.fields.get(name) or self._field(level, name)
            if below is None:
                if level.closed and len(found) < MAX_FIELDS:
                    found.add(self._below(level, path, name))
            elif not below.blind:
                self._walk(below, item, self._below(level, path, name), found)

    def _below(self, level: Level, path: str, name: str) -> str:
        """Return the path of a field; a name that only a pattern fits comes from outside, too."""
        known = not self._hides_names or any(name in schema.get("properties", {}) for schema in level.schemas)
        said = name if known else f"#{text_hash(_plain(name))[:HASHED]}"
        return f"{path}.{said}" if path else said

    def _field(self, level: Level, name: str) -> Level | None:
        """Return the level of a named field; those that only a pattern names come from outside and are not kept."""
        below = [part for schema in level.schemas for part in _field_schemas(schema, name)]
        if not below:
            return None
        found = self._level(below)
        if not level.patterns:
            level.fields[name] = found
        return found

    def _item(self, level: Level, index: int) -> Level | None:
        place = min(index, level.prefix)
        if place not in level.items:
            below = [part for schema in level.schemas for part in _item_schemas(schema, place)]
            level.items[place] = self._level(below) if below else None
        return level.items[place]

    def _level(self, schemas: list[Any]) -> Level:
        """Return the level of these schemas, which live as long as the document that they are parts of."""
        key = frozenset(map(id, schemas))
        level = self._levels.get(key)
        if level is None:
            level = self._work_out(schemas)
            if len(self._levels) < MAX_LEVELS:
                self._levels[key] = level
        return level

    def _work_out(self, schemas: list[Any]) -> Level:
        here = {id(part): part for schema in schemas for part in _in_place(self._root, schema, frozenset())}
        named = any("properties" in part for part in here.values())
        return Level(
            schemas=tuple(here.values()),
            blind=not named and not self._names_below(here.values()),
            closed=named and not any("additionalProperties" in part for part in here.values()),
            patterns=any("patternProperties" in part for part in here.values()),
            prefix=max((len(part.get("prefixItems", [])) for part in here.values()), default=0),
        )

    def _names_below(self, schemas: Iterable[Schema]) -> bool:
        """Return whether a schema that is reached by patterns and items alone names any field."""
        seen: set[int] = set()
        waiting = list(schemas)
        while waiting:
            part = waiting.pop()
            if "properties" in part:
                return True
            if id(part) not in seen:
                seen.add(id(part))
                below = [*part.get("patternProperties", {}).values(), *part.get("prefixItems", []), part.get("items")]
                waiting += [inner for schema in below for inner in _in_place(self._root, schema, frozenset())]
        return False


def _plain(text: str) -> str:
    """Return valid Unicode; JSON can escape half a surrogate pair, and such a half is written as its escape."""
    return text.encode(errors="backslashreplace").decode()


def _clipped(path: str) -> str:
    clean = _plain(path)
    return clean if len(clean) <= MAX_LENGTH else clean[: MAX_LENGTH - 1] + "…"


def _in_place(root: Any, schema: Any, seen: frozenset[str]) -> Iterator[Schema]:
    """Yield the schema and all that apply to the same value; a reference that leads back to itself ends."""
    if not isinstance(schema, dict):
        return
    yield schema
    nested = [part for name in IN_PLACE for part in schema.get(name, [])]
    nested += [schema[name] for name in CONDITIONAL if name in schema]
    nested += schema.get("dependentSchemas", {}).values()
    for part in nested:
        yield from _in_place(root, part, seen)
    reference = schema.get("$ref")
    if reference is not None and reference not in seen:
        yield from _in_place(root, resolve(root, reference), seen | {reference})


def _field_schemas(schema: Schema, name: str) -> Iterator[Any]:
    properties = schema.get("properties", {})
    if name in properties:
        yield properties[name]
    for pattern, part in schema.get("patternProperties", {}).items():
        if re.search(pattern, name):
            yield part


def _item_schemas(schema: Schema, index: int) -> Iterator[Any]:
    prefix = schema.get("prefixItems", [])
    if index < len(prefix):
        yield prefix[index]
    elif "items" in schema:
        yield schema["items"]
