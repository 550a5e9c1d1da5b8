"""Whether a contract's schema knows a field."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

from functions.contract.json_schema import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPEN = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else", "patternProperties", "dependentSchemas"})
"""Keywords that may bring fields which ``properties`` does not list."""
_MOST_REFERENCES = 20


class Presence(Enum):
    """What a schema says of a field."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    ABSENT = "absent"
    UNDECIDED = "undecided"


def presence(schema: Any, names: tuple[str, ...]) -> Presence:
    """Return what a schema says of the field that ``names`` lead to; combined schemas are undecided."""
    node: Any = schema
    found = Presence.REQUIRED
    for name in names:
        node = _followed(schema, node)
        if not isinstance(node, dict):
            return Presence.UNDECIDED
        properties = node.get("properties", {})
        if not isinstance(properties, dict) or name not in properties:
            return Presence.UNDECIDED if _OPEN & node.keys() else Presence.ABSENT
        if name not in node.get("required", ()):
            found = Presence.UNDECIDED if _OPEN & node.keys() else Presence.OPTIONAL
        node = properties[name]
    return found


def field_names(schema: Any) -> Iterator[str]:
    """Yield the names of the top fields."""
    node = _followed(schema, schema)
    properties = node.get("properties", {}) if isinstance(node, dict) else {}
    yield from (properties if isinstance(properties, dict) else ())


def _followed(schema: Any, node: Any) -> Any:
    """Return what a node refers to; a reference to nowhere or in a circle is undecided and is reported elsewhere."""
    for _step in range(_MOST_REFERENCES):
        if not isinstance(node, dict) or "$ref" not in node:
            return node
        try:
            node = resolve(schema, str(node["$ref"]))
        except LookupError:
            return None
    return None
