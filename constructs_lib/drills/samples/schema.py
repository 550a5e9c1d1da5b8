"""A value that a JSON Schema accepts, as plain as a person would write it.

Small and the library's own on purpose: its values are the same in every run, can be read in a report, and take what a
schema says by ``examples``, ``default``, ``const`` or ``enum`` first. hypothesis-jsonschema 0.23 fails on every object
with the hypothesis of today, and what it makes is valid and seldom sensible; only texts of a pattern are left to
hypothesis itself. What this cannot satisfy (``allOf``, ``not``, ``if``) needs a file of samples.
"""

from __future__ import annotations

from typing import Any

FORMATS = {
    "date": "2026-01-31",
    "date-time": "2026-01-31T12:00:00Z",
    "time": "12:00:00Z",
    "duration": "PT1H",
    "email": "someone@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uri-reference": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}
DEEPEST = 20
"""Levels of a schema that are followed; a schema may refer to itself."""


def made_of(schema: Any) -> Any:
    """Return a value; whether the schema accepts it, only a validator can tell.

    Raises:
        ImportError: the schema has a pattern, and hypothesis is not installed.
    """
    return _Maker(schema).value(schema, 0)


class _Maker:
    def __init__(self, root: Any) -> None:
        self._root = root

    def value(self, schema: Any, depth: int) -> Any:
        if not isinstance(schema, dict) or depth > DEEPEST:
            return None
        if "$ref" in schema:
            return self.value(self._target(schema["$ref"]), depth + 1)
        for keyword in ("const", "default"):
            if keyword in schema:
                return schema[keyword]
        for keyword in ("examples", "enum"):
            if schema.get(keyword):
                return schema[keyword][0]
        for keyword in ("anyOf", "oneOf"):
            if schema.get(keyword):
                return self.value({**schema, keyword: None, **schema[keyword][0]}, depth + 1)
        return self._of_type(schema, depth)

    def _of_type(self, schema: dict[str, Any], depth: int) -> Any:
        kind = schema.get("type", "object" if "properties" in schema or "required" in schema else "string")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            known = schema.get("properties", {})
            names = dict.fromkeys([*known, *schema.get("required", ())])
            return {name: self.value(known.get(name, {}), depth + 1) for name in names}
        if kind == "array":
            leading = [self.value(item, depth + 1) for item in schema.get("prefixItems", ())]
            missing = max(schema.get("minItems", 0), min(1, schema.get("maxItems", 1))) - len(leading)
            return leading + [self.value(schema.get("items", {}), depth + 1) for _ in range(max(0, missing))]
        if kind in ("integer", "number"):
            return _number(schema)
        return {"boolean": True, "null": None}.get(kind, _text(schema))

    def _target(self, reference: str) -> Any:
        found = self._root
        for part in reference.lstrip("#").strip("/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            found = found.get(key, {}) if isinstance(found, dict) and key else found
        return found


def _number(schema: dict[str, Any]) -> int | float:
    step: int | float = schema.get("multipleOf", 1)
    lowest: int | float = schema.get("minimum", schema.get("exclusiveMinimum", min(1, schema.get("maximum", 1))))
    value = lowest + step if lowest == schema.get("exclusiveMinimum") else lowest
    return -(-value // step) * step


def _text(schema: dict[str, Any]) -> str:
    if "pattern" in schema:
        return _of_pattern(schema)
    text: str = FORMATS.get(schema.get("format", ""), "text")
    longest: int = schema.get("maxLength", 10_000)
    text += "x" * max(0, schema.get("minLength", 0) - len(text))
    return text[:longest]


def _of_pattern(schema: dict[str, Any]) -> str:
    """Return the plainest text that hypothesis finds for a pattern, the same in every run."""
    import hypothesis
    from hypothesis import strategies

    shortest, longest = schema.get("minLength", 0), schema.get("maxLength", 10_000)
    settings = hypothesis.settings(derandomize=True, database=None, max_examples=500)
    texts = strategies.from_regex(schema["pattern"]).map(lambda text: text.removesuffix("\n"))
    try:
        found: str = hypothesis.find(texts, lambda text: shortest <= len(text) <= longest, settings=settings)
    except hypothesis.errors.NoSuchExample:
        return ""
    return found
