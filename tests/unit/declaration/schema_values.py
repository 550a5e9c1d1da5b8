"""Values for the fields of a declaration, made from its JSON Schema: fitting, at the edge, and wrong."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from constructs_lib.declaration.schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Callable

SCHEMA: dict[str, Any] = json_schema()
TEXTS = (
    "",
    " ",
    "a",
    "x" * 64,
    "x" * 600,
    "${stage}",
    "${Stage}",
    "${",
    "a-${stage}-b.fifo",
    "${AWS::AccountId}",
    "é",
    "\U0001f600",
    "\x00",
    "a\nb",
    "*",
    "#",
    "a/+/b",
    "{",
    "{name}",
    "{body.order_id}/{name}",
    "body.order_id",
    "path.shop_id",
    "body.",
    "source",
    "class",
    "raw",
    "__class__",
    "default",
    "order_id:N",
    "order_id:S",
    "5m",
    "1h",
    "15m",
    "366d",
    "1MB",
    "9999999999d",
    "arn:aws:sqs:eu-west-1:111122223333:stock",
    "arn:aws:sqs:eu-west-1:111122223333:stock.fifo",
    "arn:aws:sns:eu-west-1:111122223333:stock-${stage}",
    "arn:aws:kinesis:eu-west-1:111122223333:stream/clicks",
    "arn:aws:dynamodb:eu-west-1:111122223333:table/t/stream/2026-01-01T00:00:00.000",
    "arn:aws:events:eu-west-1:111122223333:event-bus/shop",
    "arn:aws:iam::111122223333:role/till",
    "https://api.example.com/v1",
    "https://user:pw@api.example.com:99999/{",
    "http://[::1",
    "0 0 ? * 6L *",
    "2026-02-30T00:00:00",
    "2026-11-21T06:00:00Z",
    "Europe/Dublin",
    "../../etc/passwd",
    "SELECT * FROM 'a/b'",
)
NUMBERS = (-1, 0, 1, 2, 10, 11, 100, 399, 10_000, 10**6, 10**17, 0.1, 2.5, 1e308)
OPERATORS = ("prefix", "suffix", "numeric", "exists", "anything-but", "cidr", "wildcard", "equals-ignore-case", "$or")
SCALARS = st.none() | st.booleans() | st.sampled_from(NUMBERS) | st.sampled_from(TEXTS) | st.text(max_size=8)
WORDS = st.sampled_from([*OPERATORS, "body", "detail", "data", "source", "eventName", "messageAttributes", "dynamodb"])
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS | st.text(max_size=4), inner, max_size=3)
)


def definition(schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference stands for, or the schema itself."""
    name = schema.get("$ref", "").rpartition("/")[2]
    found: dict[str, Any] = SCHEMA["$defs"][name] if name else schema
    return found


def chosen(schema: dict[str, Any], value: Any) -> dict[str, Any] | None:
    """Return the schema of the kind that a value chooses by its type; that of any mapping; None for what is none."""
    schema = definition(schema)
    if "discriminator" in schema:
        names = schema["discriminator"]["mapping"]
        kind = value.get(schema["discriminator"]["propertyName"]) if isinstance(value, dict) else None
        return definition({"$ref": names[kind]}) if isinstance(kind, str) and kind in names else None
    for option in schema.get("anyOf", ()):
        if (found := chosen(option, value)) is not None:
            return found
    return schema if "properties" in schema else None


@st.composite
def values(draw: st.DrawFn, schema: dict[str, Any]) -> Any:
    """Return a value that mostly has the form of the schema, and sometimes one that nobody expects there."""
    if draw(st.integers(0, 3)) == 3:
        return draw(ANYTHING)
    schema = definition(schema)
    options = schema.get("oneOf") or schema.get("anyOf")
    if options:
        return draw(values(draw(st.sampled_from(options))))
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draw(st.sampled_from(schema["enum"]))
    type_ = schema.get("type")
    made = _OF_TYPE.get(type_) if isinstance(type_, str) else None
    return draw(made(schema) if made else ANYTHING)


@st.composite
def _mapping(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    if "properties" not in schema:
        return draw(st.dictionaries(WORDS, ANYTHING, max_size=3))
    needed = schema.get("required", ())
    names = [name for name in schema["properties"] if name in needed or draw(st.integers(0, 3)) == 3]
    return {name: draw(values(schema["properties"][name])) for name in names}


@cache
def _matching(pattern: str) -> st.SearchStrategy[str]:
    return st.from_regex(pattern)


def _text(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    known = st.sampled_from([*schema.get("examples", ()), *TEXTS])
    return known | _matching(schema["pattern"]) if "pattern" in schema else known


def _number(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    edges = [schema[name] + step for name in ("minimum", "maximum") if name in schema for step in (-1, 0, 1)]
    return st.sampled_from([*edges, *NUMBERS])


_OF_TYPE: dict[str, Callable[[dict[str, Any]], st.SearchStrategy[Any]]] = {
    "null": lambda _: st.none(),
    "boolean": lambda _: st.booleans(),
    "string": _text,
    "integer": _number,
    "number": _number,
    "array": lambda schema: st.lists(values(schema.get("items", {})), max_size=3),
    "object": _mapping,
}
