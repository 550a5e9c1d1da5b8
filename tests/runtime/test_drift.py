"""Fields that the contract does not know."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.drift import MAX_FIELDS, MAX_LEVELS, DriftSearch

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
    assert DriftSearch(schema).unknown_fields(body) == unknown


def test_at_most_twenty_fields_are_named_and_none_at_length() -> None:
    found = DriftSearch({"properties": {"a": {}}}).unknown_fields({"x" * 1000 + str(number): 1 for number in range(50)})
    assert len(found) == MAX_FIELDS
    assert max(len(name) for name in found) == 200


def test_more_patterns_at_once_than_levels_are_kept_hide_nothing() -> None:
    letters = "abcdefghijk"
    patterns: dict[str, Any] = {letter: {"properties": {letter: {}}} for letter in letters}
    search = DriftSearch({"patternProperties": patterns})
    names = ["".join(c for c in letters if number >> ord(c) - ord("a") & 1) for number in range(1, 2**11)]
    assert len(names) > MAX_LEVELS
    for name in names:
        assert search.unknown_fields({name: {name[0]: 1, "z": 1}}) == (f"{name}.z",)


def test_a_schema_that_refers_to_itself_twice_costs_no_more_with_depth() -> None:
    again = {"properties": {"next": {"$ref": "#"}}}
    body: dict[str, Any] = {"odd": 1}
    for _ in range(35):
        body = {"next": body}
    assert DriftSearch({**again, "allOf": [again]}).unknown_fields(body) == ("next." * 35 + "odd",)


def test_one_search_answers_for_every_record_anew() -> None:
    search = DriftSearch({"properties": {"a": {"items": LINE}}})
    assert search.unknown_fields({"a": [{"sku": 1, "x": 1}], "b": 1}) == ("a[].x", "b")
    assert search.unknown_fields({"a": [{"sku": 1}]}) == ()
    assert search.unknown_fields({"a": [{"y": 1}]}) == ("a[].y",)


@given(st.recursive(st.none() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_no_body_breaks_the_search(body: Any) -> None:
    schema = {"properties": {"a": {"$ref": "#"}}, "items": {"$ref": "#"}}
    for path in DriftSearch(schema).unknown_fields(body):
        path.encode()


@pytest.mark.parametrize(
    ("schema", "body", "unknown"),
    [
        ({"properties": {"a": {}}}, {"a": 1, "test": 1}, ("#9f86d081884c",)),
        ({"properties": {"lines": {"items": LINE}}}, {"lines": [{"test": 1}]}, ("lines[].#9f86d081884c",)),
        ({"patternProperties": {"@": {"properties": {"a": {}}}}}, {"jane@x": {"a": 1, "b": 1}}, None),
        ({"properties": {"a": {}}}, {"\ud800": 1}, None),
    ],
)
def test_names_that_must_not_be_shown_are_hashed_and_known_ones_are_kept(
    schema: Any, body: Any, unknown: tuple[str, ...] | None
) -> None:
    (found,) = DriftSearch(schema, hides_names=True).unknown_fields(body)
    assert found.count("#") == (2 if "patternProperties" in schema else 1)
    assert "jane" not in found
    assert unknown is None or unknown == (found,)


def test_hidden_names_that_differ_stay_apart_and_equal_ones_are_one() -> None:
    search = DriftSearch({"properties": {"a": {"items": LINE}}}, hides_names=True)
    assert len(search.unknown_fields({"x": 1, "y": 1})) == 2
    assert len(search.unknown_fields({"a": [{"x": 1}, {"x": 2}]})) == 1
