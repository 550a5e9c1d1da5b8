"""JSON Schema 2020-12 said in the words of draft-07, which the runtime's validator understands.

The translation is exact or it refuses: a keyword that draft-07 cannot express is an error with its place, never a check
that is silently left out. ``format`` and ``content*`` are annotations, as 2020-12 defines them.
"""

from __future__ import annotations

from typing import Any

DIALECT = "https://json-schema.org/draft/2020-12/schema"

SAME = frozenset(
    {
        "type",
        "enum",
        "const",
        "multipleOf",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "maxProperties",
        "minProperties",
        "required",
    }
)
ONE_SCHEMA = frozenset({"additionalProperties", "contains", "propertyNames", "not", "if", "then", "else"})
SCHEMA_LISTS = frozenset({"allOf", "anyOf", "oneOf"})
SCHEMA_MAPS = frozenset({"properties", "patternProperties"})
DEFINITIONS = frozenset({"$defs", "definitions"})
OWN_WORDS = frozenset({"$ref", "items", "prefixItems", "dependentRequired", "dependentSchemas"})
ANNOTATIONS = frozenset(
    {
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "readOnly",
        "writeOnly",
        "$comment",
        "format",
        "contentEncoding",
        "contentMediaType",
        "contentSchema",
    }
)
ROOT_ONLY = frozenset({"$schema", "$id"})
EXTENSION = "x-"
SENSITIVE = "x-sensitive"
"""Marks a part of a record whose values are masked wherever they would be shown."""
SUPPORTED = SAME | ONE_SCHEMA | SCHEMA_LISTS | SCHEMA_MAPS | DEFINITIONS | OWN_WORDS | ANNOTATIONS | ROOT_ONLY
"""Every keyword that a contract may use, beside those that start with ``x-``."""


class UnsupportedSchema(ValueError):  # noqa: N818 - it is the schema that is unsupported, not the caller that erred
    """A schema that cannot be checked exactly; ``places`` are JSON pointers that end in the keyword."""

    def __init__(self, places: tuple[str, ...]) -> None:
        """Keep the places in the order in which they stand in the schema."""
        self.places = places
        super().__init__("not supported in a contract: " + ", ".join(places))


def to_draft_07(schema: Any) -> dict[str, Any]:
    """Return an equivalent draft-07 schema.

    Raises:
        UnsupportedSchema: a keyword, a reference or a shape cannot be expressed; all places are named.
    """
    translation = _Translation(schema)
    root = translation.translate(schema, "#")
    translation.translate_targets()
    if translation.refused:
        raise UnsupportedSchema(tuple(dict.fromkeys(translation.refused)))
    return {**root, "definitions": translation.definitions}


def resolve(schema: Any, reference: str) -> Any:
    """Return what a local ``$ref`` points to.

    Raises:
        LookupError: nothing stands there, or the reference leaves the document.
    """
    if reference != "#" and not reference.startswith("#/"):
        raise LookupError(reference)
    found = schema
    for part in reference.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise LookupError(reference)
    return found


class _Translation:
    """One document under translation; referenced parts are copied once and named by number."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self.refused: list[str] = []
        self.definitions: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._waiting: list[str] = []

    def translate_targets(self) -> None:
        """Copy what references point to, and what those point to in turn."""
        while self._waiting:
            reference = self._waiting.pop()
            target = resolve(self.document, reference)
            self.definitions[self._names[reference]] = self.translate(target, reference)

    def translate(self, schema: Any, place: str) -> dict[str, Any]:
        """Return one subschema; ``true`` and ``false`` become the object that means the same."""
        if isinstance(schema, bool):
            return {} if schema else {"not": {}}
        if not isinstance(schema, dict):
            self.refused.append(place)
            return {}
        self._refuse_unknown(schema, place)
        result = {name: schema[name] for name in schema if name in SAME}
        self._copy_subschemas(schema, place, result)
        self._copy_items(schema, place, result)
        extra = [*self._dependent(schema, place), *self._reference(schema, place)]
        if extra:
            result["allOf"] = [*result.get("allOf", []), *extra]
        return result

    def _refuse_unknown(self, schema: dict[str, Any], place: str) -> None:
        for name, value in schema.items():
            known = name in SUPPORTED and (name not in ROOT_ONLY or place == "#")
            if not known and not name.startswith(EXTENSION):
                self.refused.append(f"{place}/{name}")
            if name == "$schema" and place == "#" and str(value).rstrip("#") != DIALECT:
                self.refused.append(f"{place}/{name}")

    def _copy_subschemas(self, schema: dict[str, Any], place: str, result: dict[str, Any]) -> None:
        for name, value in schema.items():
            if name in ONE_SCHEMA:
                result[name] = self.translate(value, f"{place}/{name}")
            elif name in SCHEMA_LISTS:
                result[name] = self._list(value, f"{place}/{name}")
            elif name in SCHEMA_MAPS:
                result[name] = self._map(value, f"{place}/{name}")
            elif name in DEFINITIONS:
                self._map(value, f"{place}/{name}")

    def _copy_items(self, schema: dict[str, Any], place: str, result: dict[str, Any]) -> None:
        """A tuple is ``prefixItems`` here and a list under ``items`` there; the rest moves to ``additionalItems``."""
        prefix = self._list(schema["prefixItems"], f"{place}/prefixItems") if "prefixItems" in schema else []
        rest = self.translate(schema["items"], f"{place}/items") if "items" in schema else None
        if prefix:
            result["items"] = prefix
        if rest is not None:
            result["additionalItems" if prefix else "items"] = rest

    def _dependent(self, schema: dict[str, Any], place: str) -> list[dict[str, Any]]:
        required = schema.get("dependentRequired", {})
        if not isinstance(required, dict):
            self.refused.append(f"{place}/dependentRequired")
            required = {}
        schemas = self._map(schema.get("dependentSchemas", {}), f"{place}/dependentSchemas")
        wanted = [(name, {"required": names}) for name, names in required.items()] + list(schemas.items())
        return [{"if": {"type": "object", "required": [name]}, "then": then} for name, then in wanted]

    def _reference(self, schema: dict[str, Any], place: str) -> list[dict[str, str]]:
        """In draft-07 a reference hides its siblings, so it stands alone in ``allOf``."""
        if "$ref" not in schema:
            return []
        reference = schema["$ref"]
        try:
            resolve(self.document, str(reference))
        except LookupError:
            self.refused.append(f"{place}/$ref")
            return []
        if reference not in self._names:
            self._names[reference] = f"part{len(self._names)}"
            self._waiting.append(reference)
        return [{"$ref": f"#/definitions/{self._names[reference]}"}]

    def _list(self, value: Any, place: str) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            self.refused.append(place)
            return []
        return [self.translate(item, f"{place}/{index}") for index, item in enumerate(value)]

    def _map(self, value: Any, place: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refused.append(place)
            return {}
        escaped = {name: str(name).replace("~", "~0").replace("/", "~1") for name in value}
        return {name: self.translate(item, f"{place}/{escaped[name]}") for name, item in value.items()}
