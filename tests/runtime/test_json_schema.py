"""2020-12 in the words of draft-07: the same records pass, or the schema is refused with every place."""

from __future__ import annotations

from typing import Any

import fastjsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from functions.contract.json_schema import DIALECT, UnsupportedSchema, resolve, to_draft_07
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import ContractBreak

NAMES = st.sampled_from(["a", "b", "c"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.0, 0.5, 1.0, 2.5]),
    st.sampled_from(["", "a", "ab", "abc"]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=6
)
TYPES = st.sampled_from(["null", "boolean", "integer", "number", "string", "array", "object"])
SIZES = st.integers(0, 3)


def _leaf() -> st.SearchStrategy[Any]:
    return st.one_of(
        st.booleans(),
        st.fixed_dictionaries({"type": TYPES | st.lists(TYPES, min_size=1, max_size=3, unique=True)}),
        st.fixed_dictionaries({"enum": st.lists(VALUES, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"const": VALUES}),
        st.fixed_dictionaries({}, optional={"minimum": SIZES, "maximum": SIZES, "multipleOf": st.integers(1, 2)}),
        st.fixed_dictionaries({}, optional={"exclusiveMinimum": SIZES, "exclusiveMaximum": SIZES}),
        st.fixed_dictionaries({}, optional={"minLength": SIZES, "maxLength": SIZES, "pattern": st.just("^a")}),
        st.fixed_dictionaries({}, optional={"minItems": SIZES, "maxItems": SIZES, "uniqueItems": st.booleans()}),
        st.fixed_dictionaries({}, optional={"minProperties": SIZES, "maxProperties": SIZES}),
        st.fixed_dictionaries({"required": st.lists(NAMES, max_size=2, unique=True)}),
        st.just({"$ref": "#/$defs/part"}),
        st.just({"$ref": "#/$defs/part", "maxProperties": 2}),
    )


def _nested(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    lists = st.lists(inner, min_size=1, max_size=2)
    maps = st.dictionaries(NAMES, inner, max_size=3)
    return st.one_of(
        st.fixed_dictionaries({"properties": maps}, optional={"additionalProperties": inner}),
        st.fixed_dictionaries({"patternProperties": st.dictionaries(st.sampled_from(["^a", "b"]), inner, max_size=2)}),
        st.fixed_dictionaries({"propertyNames": inner}),
        st.fixed_dictionaries({"items": inner}, optional={"prefixItems": lists}),
        st.fixed_dictionaries({"prefixItems": lists}, optional={"items": inner}),
        st.fixed_dictionaries({"contains": inner}),
        st.fixed_dictionaries({"dependentSchemas": maps}),
        st.fixed_dictionaries({"dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=2, unique=True))}),
        st.fixed_dictionaries({"allOf": lists}),
        st.fixed_dictionaries({"anyOf": lists}),
        st.fixed_dictionaries({"oneOf": lists}),
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner}),
        st.tuples(inner, inner).map(_merged),
    )


def _merged(parts: tuple[Any, Any]) -> Any:
    first, second = parts
    return {**first, **second} if isinstance(first, dict) and isinstance(second, dict) else first


SCHEMAS = st.recursive(_leaf(), _nested, max_leaves=5)
FLAT = st.fixed_dictionaries({"part": st.sampled_from([{"type": "object"}, {"minProperties": 1}, {"enum": [1, "a"]}])})


@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(schema=SCHEMAS, parts=FLAT, value=VALUES)
def test_the_translation_accepts_what_2020_12_accepts(schema: Any, parts: dict[str, Any], value: Any) -> None:
    if not isinstance(schema, dict):
        schema = {"allOf": [schema]}
    document = {"$schema": DIALECT, **schema, "$defs": parts}
    Draft202012Validator.check_schema(document)
    expected = Draft202012Validator(document).is_valid(value)
    assert _passes(ContractCheck.of(document), value) is expected


def _passes(check: ContractCheck, value: Any) -> bool:
    try:
        check.check(value)
    except ContractBreak:
        return False
    return True


@pytest.mark.parametrize(
    ("schema", "good", "bad"),
    [
        ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, ["a", 1], ["a", "b"]),
        ({"prefixItems": [{"type": "string"}], "items": False}, ["a"], ["a", 1]),
        ({"dependentRequired": {"card": ["address"]}}, {"card": 1, "address": 2}, {"card": 1}),
        ({"dependentSchemas": {"a": {"required": ["b"]}}, "required": ["a"]}, {"a": 1, "b": 2}, {"a": 1}),
        ({"$ref": "#/$defs/x", "required": ["b"], "$defs": {"x": {"required": ["a"]}}}, {"a": 1, "b": 1}, {"a": 1}),
        (
            {"properties": {"next": {"$ref": "#"}, "v": {"type": "integer"}}},
            {"next": {"v": 1}},
            {"next": {"next": {"v": "x"}}},
        ),
        ({"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"type": "string"}}}, "x", 1),
        ({"allOf": [{"$ref": "#/properties/a"}], "properties": {"a": {"minProperties": 1}}}, {"b": 1}, {}),
    ],
)
def test_words_that_draft_07_lacks_keep_their_meaning(schema: dict[str, Any], good: Any, bad: Any) -> None:
    assert Draft202012Validator(schema).is_valid(good)
    assert not Draft202012Validator(schema).is_valid(bad)
    check = ContractCheck.of(schema)
    check.check(good)
    with pytest.raises(ContractBreak):
        check.check(bad)


@pytest.mark.parametrize(
    ("schema", "place"),
    [
        ({"unevaluatedProperties": False}, "#/unevaluatedProperties"),
        ({"contains": {}, "minContains": 2}, "#/minContains"),
        ({"properties": {"a": {"$dynamicRef": "#x"}}}, "#/properties/a/$dynamicRef"),
        ({"$defs": {"x": {"$anchor": "here"}}}, "#/$defs/x/$anchor"),
        ({"items": {"$id": "https://example.com/x"}}, "#/items/$id"),
        ({"$ref": "https://example.com/other.json"}, "#/$ref"),
        ({"$ref": "#/$defs/missing"}, "#/$ref"),
        ({"additionalItems": False}, "#/additionalItems"),
        ({"dependencies": {}}, "#/dependencies"),
        ({"requierd": ["a"]}, "#/requierd"),
        ({"$schema": "http://json-schema.org/draft-07/schema#"}, "#/$schema"),
        ({"properties": {"a/b": {"nullable": True}}}, "#/properties/a~1b/nullable"),
        ({"items": [{}]}, "#/items"),
        ({"properties": []}, "#/properties"),
        ({"anyOf": {}}, "#/anyOf"),
        ({"dependentRequired": []}, "#/dependentRequired"),
        ("no schema", "#"),
    ],
)
def test_what_cannot_be_checked_exactly_is_refused_with_its_place(schema: Any, place: str) -> None:
    with pytest.raises(UnsupportedSchema) as caught:
        to_draft_07(schema)
    assert caught.value.places == (place,)


def test_every_place_is_named_at_once() -> None:
    with pytest.raises(UnsupportedSchema, match=r"#/\$anchor, #/properties/a/minContains"):
        to_draft_07({"$anchor": "x", "properties": {"a": {"minContains": 1}}})


def test_annotations_and_extensions_are_left_out() -> None:
    schema = {"title": "Order", "$id": "https://example.com/order", "format": "email", "x-owner": "me", "default": {}}
    assert to_draft_07(schema) == {"definitions": {}}


def test_nothing_is_fetched_and_nothing_is_filled_in() -> None:
    check = ContractCheck.of({"properties": {"a": {"default": 1}, "at": {"type": "string", "format": "date-time"}}})
    body = {"at": "not a date"}
    check.check(body)
    assert body == {"at": "not a date"}


def test_a_reference_leads_to_its_target_and_nowhere_else() -> None:
    document = {"items": [{"a": 1}]}
    assert resolve(document, "#/items/0/a") == 1
    for wrong in ("#/items/1", "#/items/x", "#/a", "other.json", "#items"):
        with pytest.raises(LookupError):
            resolve(document, wrong)


def test_the_translation_is_what_the_validator_compiles() -> None:
    assert callable(fastjsonschema.compile(to_draft_07({"type": "object"})))
