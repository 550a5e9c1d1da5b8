"""Drift: fields that the source sends and the contract does not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from functions.contract.json_schema import resolve
from functions.runtime.wire_text import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_FIELDS = 20
"""Unknown fields that one ledger entry names."""
MAX_LENGTH = 200
"""Characters of one field path; names come from outside."""
IN_PLACE = ("allOf", "anyOf", "oneOf")
CONDITIONAL = ("if", "then", "else")

Schema = dict[str, Any]


def unknown_fields(schema: Any, body: Any) -> tuple[str, ...]:
    """Return the paths of fields that the schema does not name, sorted, such as ``lines[].colour``.

    An object whose schema names no fields, or says something about further ones by ``additionalProperties``, is open by
    intent: nothing in it is drift.
    """
    found: set[str] = set()
    _walk(schema, [schema], body, "", found)
    return tuple(clipped(path, MAX_LENGTH) for path in sorted(found)[:MAX_FIELDS])


def _walk(root: Any, schemas: list[Any], value: Any, path: str, found: set[str]) -> None:
    here = [part for schema in schemas for part in _in_place(root, schema, frozenset())]
    if isinstance(value, dict):
        _walk_object(root, here, value, path, found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            below = [part for schema in here for part in _item_schemas(schema, index)]
            if below and len(found) < MAX_FIELDS:
                _walk(root, below, item, f"{path}[]", found)


def _walk_object(root: Any, here: list[Schema], value: Schema, path: str, found: set[str]) -> None:
    closed = any("properties" in schema for schema in here) and not any("additionalProperties" in s for s in here)
    for name, item in value.items():
        below = [part for schema in here for part in _field_schemas(schema, name)]
        place = f"{path}.{name}" if path else str(name)
        if below:
            _walk(root, below, item, place, found)
        elif closed and len(found) < MAX_FIELDS:
            found.add(place)


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
