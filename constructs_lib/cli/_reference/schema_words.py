"""The JSON Schema of one field in the words of a reader: its type and its default."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from constructs_lib.cli._reference.markdown import code, listed
from constructs_lib.model.secret_name import SecretName
from constructs_lib.model.units import Count, Duration, Percent, Size

Schema = Mapping[str, Any]
Link = Callable[[str, str], str]
"""From the name of a definition and the words for it to a link."""

_PATTERNS = {
    TypeAdapter(unit).json_schema()["pattern"]: words
    for unit, words in (
        (Duration, "duration"),
        (Size, "size"),
        (Percent, "percentage"),
        (SecretName, "name of a secret"),
    )
}
_SIMPLE = {"boolean": "`true` or `false`", "null": "`null`", "integer": "whole number", "number": "number"}
_UNBOUNDED = TypeAdapter(Count).json_schema()["maximum"]
"""The largest number that any field takes; it bounds the input and tells a reader nothing."""
_REFERENCE = "#/$defs/"


def definition_of(schema: Schema) -> str | None:
    """Return the name of the definition that a schema refers to."""
    reference = schema.get("$ref")
    return str(reference).removeprefix(_REFERENCE) if reference else None


def variants(schema: Schema) -> dict[str, str]:
    """Return the definitions that a schema chooses from, each by the type that selects it."""
    mapping = schema.get("discriminator", {}).get("mapping", {})
    return {tag: str(reference).removeprefix(_REFERENCE) for tag, reference in mapping.items()}


def alternatives(schema: Schema) -> list[Schema]:
    """Return what a value may be; null is the absence of a value, and a word for a variant is that variant."""
    options = [option for option in schema.get("anyOf", [schema]) if option.get("type") != "null"]
    chosen = [option for option in options if variants(option)]
    return chosen or options


def type_words(schema: Schema, link: Link) -> str:
    """Return the type of a field."""
    return listed([_one(option, link) for option in alternatives(schema)])


def default_words(schema: Schema, *, required: bool) -> str:
    """Return the default of a field: ``required`` where it has none."""
    if required:
        return "required"
    value = schema.get("default", {})
    if value is None:
        return "absent"
    if value in ("", [], {}):
        return "empty"
    if isinstance(value, dict):
        return code(value["type"]) if set(value) == {"type"} else "its defaults"
    return code(_plain(value))


def _one(schema: Schema, link: Link) -> str:
    if tags := variants(schema):
        return listed([link(name, code(tag)) for tag, name in tags.items()])
    if name := definition_of(schema):
        return link(name, "mapping")
    if "const" in schema or "enum" in schema:
        return listed([code(_plain(word)) for word in schema.get("enum", [schema.get("const")])])
    if schema.get("type") == "array":
        return f"list of {type_words(schema['items'], link)}"
    if schema.get("type") == "object":
        return f"mapping of names to {type_words(_named(schema), link)}"
    return _scalar(schema)


def _named(schema: Schema) -> Schema:
    """Return what the names of a mapping stand for."""
    inner = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
    return next((found for found in inner if isinstance(found, Mapping)), {})


def _scalar(schema: Schema) -> str:
    if "type" not in schema:
        return "any JSON"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if kinds == ["string"]:
        return "date" if schema.get("format") == "date" else _PATTERNS.get(schema.get("pattern", ""), "text")
    words = [_SIMPLE.get(kind, "text") for kind in kinds]
    return listed([words[0] + _bounds(schema), *words[1:]])


def _bounds(schema: Schema) -> str:
    low, above, high = schema.get("minimum"), schema.get("exclusiveMinimum"), schema.get("maximum", _UNBOUNDED)
    lower = f" from {low}" if low is not None else f" above {above}" if above is not None else ""
    return lower + (f" to {high}" if high != _UNBOUNDED else "")


def _plain(value: Any) -> str:
    """Return a value as it is written in YAML."""
    if isinstance(value, list):
        return f"[{', '.join(_plain(item) for item in value)}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, str) else json.dumps(value)
