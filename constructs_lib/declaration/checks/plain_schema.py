"""Schemas that plainly keep the standard, told without the library that judges every schema by it.

Importing that library takes a quarter of a check. Whatever is not plain here is for it to judge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.json_schema import DEFINITIONS, EXTENSION, ONE_SCHEMA, SCHEMA_LISTS, SCHEMA_MAPS

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_LEVELS = 20
"""Deeper schemas are not plain."""
TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
ONE = ONE_SCHEMA | {"items"}
LISTS = SCHEMA_LISTS | {"prefixItems"}
MAPS = SCHEMA_MAPS | DEFINITIONS | {"dependentSchemas"}


def is_plain(schema: Any, levels: int = MOST_LEVELS) -> bool:
    """Return whether a schema surely keeps the standard of 2020-12; False says nothing."""
    if isinstance(schema, bool) or levels == 0:
        return isinstance(schema, bool)
    return isinstance(schema, dict) and all(_keeps(word, value, levels - 1) for word, value in schema.items())


def _keeps(word: str, value: Any, levels: int) -> bool:
    if word in ONE:
        return is_plain(value, levels)
    if word in LISTS:
        return isinstance(value, list) and value != [] and all(is_plain(part, levels) for part in value)
    if word in MAPS:
        return isinstance(value, dict) and all(is_plain(part, levels) for part in value.values())
    return word.startswith(EXTENSION) or (word in VALUES and VALUES[word](value))


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value)) and len(set(value)) == len(value)


def _is_type(value: Any) -> bool:
    return value in TYPES if isinstance(value, str) else _are_names(value) and value != [] and TYPES.issuperset(value)


VALUES: dict[str, Callable[[Any], bool]] = {
    "type": _is_type,
    "required": _are_names,
    "enum": _is_list,
    "examples": _is_list,
    "const": lambda _: True,
    "default": lambda _: True,
    "multipleOf": lambda value: _is_number(value) and value > 0,
    **dict.fromkeys(("maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum"), _is_number),
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"), _is_count),
    **dict.fromkeys(("uniqueItems", "deprecated", "readOnly", "writeOnly"), _is_flag),
    **dict.fromkeys(("$schema", "$ref", "$comment", "title", "description", "format", "pattern"), _is_text),
}
"""What each word takes at the least; a word that is not here, or takes more, is not plain."""
