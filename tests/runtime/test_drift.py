"""Fields that the contract does not know."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.runtime.drift import MAX_FIELDS, unknown_fields

LINE: dict[str, Any] = {"properties": {"sku": {}}}


@pytest.mark.parametrize(
    ("schema", "body", "unknown"),
    [
        ({"properties": {"a": {}}}, {"a": 1}, ()),
        ({"properties": {"a": {}}}, {"a": 1, "z": 1, "b": 1}, ("b", "z")),
        ({"properties": {"a": {"properties": {"b": {}}}}}, {"a": {"b": 1, "c": 1}}, ("a.c",)),
        ({"properties": {"lines": {"items": LINE}}}, {"lines": [{"sku": 1}, {"x": 1}]}, ("lines[].x",)),
        ({"prefixItems": [LINE]}, [{"x": 1}, {"y": 1}], ("[].x",)),
        ({"$ref": "#/$defs/l", "$defs": {"l": LINE}}, {"sku": 1, "x": 1}, ("x",)),
        ({"allOf": [LINE, {"properties": {"x": {}}}]}, {"sku": 1, "x": 1, "y": 1}, ("y",)),
        ({"anyOf": [LINE, {"properties": {"x": {}}}]}, {"x": 1}, ()),
        ({"properties": {"a": {}}, "if": {}, "then": {"properties": {"b": {}}}}, {"b": 1, "c": 1}, ("c",)),
        ({"properties": {"a": {}}, "dependentSchemas": {"a": {"properties": {"b": {}}}}}, {"a": 1, "b": 1}, ()),
        ({"properties": {"a": {}}, "patternProperties": {"^x-": {}}}, {"x-1": 1, "y": 1}, ("y",)),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}, {"b": "x"}, ()),
        ({"properties": {"a": {}}, "additionalProperties": True}, {"b": "x"}, ()),
        ({"type": "object"}, {"anything": 1}, ()),
        ({"properties": {"a": True}}, {"a": {"b": 1}}, ()),
        (True, {"a": 1}, ()),
        ({"$ref": "#", "properties": {"a": {}}}, {"b": 1}, ("b",)),
    ],
)
def test_a_field_is_drift_when_nothing_that_applies_names_it(schema: Any, body: Any, unknown: tuple[str, ...]) -> None:
    assert unknown_fields(schema, body) == unknown


def test_at_most_twenty_fields_are_named_and_none_at_length() -> None:
    found = unknown_fields({"properties": {"a": {}}}, {"x" * 1000 + str(number): 1 for number in range(50)})
    assert len(found) == MAX_FIELDS
    assert max(len(name) for name in found) == 200


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_body_breaks_the_search(body: Any) -> None:
    schema = {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}
    for path in unknown_fields(schema, body):
        path.encode()
