"""Patterns: what a service understands passes, and what it would refuse at deployment is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from constructs_lib.event_sources._pattern import EVENT_BUS, MAPPING, TOPIC_ATTRIBUTES, TOPIC_BODY, Dialect, checked

GOOD: list[tuple[dict[str, Any], Dialect]] = [
    ({"source": ["aws.ec2"], "detail": {"state": ["terminated", {"prefix": "stop"}]}}, EVENT_BUS),
    ({"detail": {"c-count": [{"numeric": [">", 0, "<=", 5]}], "x": [{"exists": False}, None, True, 1.5]}}, EVENT_BUS),
    ({"detail": {"ip": [{"cidr": "10.0.0.0/24"}], "file": [{"wildcard": "dir/*.png"}]}}, EVENT_BUS),
    ({"detail": {"state": [{"anything-but": {"prefix": "init"}}, {"anything-but": ["a", 1]}]}}, EVENT_BUS),
    ({"detail": {"$or": [{"a": [1]}, {"b": [{"suffix": {"equals-ignore-case": ".PNG"}}]}]}}, EVENT_BUS),
    ({"body": {"RequestCode": ["BBBB"], "n": [{"numeric": ["=", 3]}]}}, MAPPING),
    ({"messageAttributes": {"kind": {"stringValue": ["new"]}}}, MAPPING),
    ({"store": ["example_corp"], "price_usd": [{"numeric": [">=", 100]}]}, TOPIC_ATTRIBUTES),
    ({"order": {"kind": [{"equals-ignore-case": "new"}]}}, TOPIC_BODY),
    ({"event": [{"anything-but": {"prefix": "order-"}}], "ip": [{"cidr": "10.0.0.0/24"}]}, TOPIC_ATTRIBUTES),
    ({"a": {"b": {"c": ["1", "2", "3", "4"]}}, "d": {"e": ["1", "2", "3"]}}, TOPIC_BODY),
    ({"$or": [{"a": ["x"] * 75}, {"b": ["y"] * 75}]}, TOPIC_BODY),
    ({"detail": {"n": [{"anything-but": {"wildcard": "*/tmp/*"}}, {"numeric": ["<", -5e9]}]}}, EVENT_BUS),
]
BAD: list[tuple[Any, Dialect, str]] = [
    ({}, EVENT_BUS, "no mapping"),
    ({"source": "aws.ec2"}, EVENT_BUS, "source"),
    ({"detail": {"state": []}}, EVENT_BUS, "empty"),
    ({"details": {"state": ["a"]}}, EVENT_BUS, "no message has this part"),
    ({"detail": {"n": [{"numeric": [">", "5"]}]}}, EVENT_BUS, "numeric does not take"),
    ({"detail": {"n": [{"numeric": [">", 5, "<"]}]}}, EVENT_BUS, "numeric does not take"),
    ({"detail": {"n": [{"prefx": "a"}]}}, EVENT_BUS, "no operator"),
    ({"detail": {"n": [{"prefix": "a", "suffix": "b"}]}}, EVENT_BUS, "2 operators"),
    ({"detail": {"n": [["a"]]}}, EVENT_BUS, "neither a value nor an operator"),
    ({"detail": {"n": [{"cidr": "10.0.0.0/99"}]}}, EVENT_BUS, "cidr does not take"),
    ({"detail": {"$or": [{"a": [1]}]}}, EVENT_BUS, "two patterns"),
    ({"body": {"n": [{"wildcard": "a*"}]}}, MAPPING, "no operator"),
    ({"order": {"kind": ["new"]}}, TOPIC_ATTRIBUTES, "no list of values"),
    ({"source": ["shop-${stage}"]}, EVENT_BUS, "not replaced in a pattern"),
    ({"detail": {"n": ["a" * 2048]}}, EVENT_BUS, "at most 2,048"),
    ({"body": {"n": ["a" * 4096]}}, MAPPING, "at most 4,096"),
    ({"detail": {"n": [{"numeric": ["!=", 1]}]}}, EVENT_BUS, "numeric does not take"),
    ({"detail": {"n": [{"numeric": ["<", 5, ">", 0]}]}}, EVENT_BUS, "numeric does not take"),
    ({"detail": {"n": [{"numeric": [">", 5, "<", 5]}]}}, EVENT_BUS, "numeric does not take"),
    ({"detail": {"n": [{"numeric": [">", 6e9]}]}}, EVENT_BUS, "numeric does not take"),
    ({"price": [{"numeric": [">", 2e9]}]}, TOPIC_ATTRIBUTES, "numeric does not take"),
    ({"kind": [{"wildcard": "a*"}]}, TOPIC_ATTRIBUTES, "no operator"),
    ({"kind": [{"suffix": {"equals-ignore-case": "a"}}]}, TOPIC_ATTRIBUTES, "suffix does not take"),
    ({"kind": [{"anything-but": {"suffix": "a"}}]}, TOPIC_BODY, "anything-but does not take"),
    ({name: ["a"] for name in "abcdef"}, TOPIC_ATTRIBUTES, "6 fields"),
    ({"$or": [{"a": ["x"]}, {"b": ["y"]}], "c": {name: ["z"] for name in "defg"}}, TOPIC_BODY, "6 fields"),
    ({"a": ["x"] * 13, "b": ["y"] * 12}, TOPIC_ATTRIBUTES, "156 combinations"),
    ({"a": {"b": {"c": ["x"] * 5}}, "d": {"e": ["y"] * 6}}, TOPIC_BODY, "180 combinations"),
    ({"$or": [{"a": ["x"] * 76}, {"b": ["y"] * 75}]}, TOPIC_BODY, "151 combinations"),
]


@pytest.mark.parametrize(("pattern", "dialect"), GOOD)
def test_what_the_documentation_of_a_service_shows_is_understood(pattern: dict[str, Any], dialect: Dialect) -> None:
    checked(pattern, dialect)


@pytest.mark.parametrize(("pattern", "dialect", "found"), BAD)
def test_what_a_service_would_refuse_is_refused_with_its_place(pattern: Any, dialect: Dialect, found: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        checked(pattern, dialect)
    assert caught.value.type == "pattern-wrong"
    assert found in caught.value.message()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["detail", "numeric", "prefix", "anything-but", "cidr", "$or", "a"]), inner)
    ),
    max_leaves=10,
)


@given(pattern=st.dictionaries(st.sampled_from(["detail", "source", "$or", "x"]), JSON, max_size=3))
def test_any_mapping_is_either_understood_or_refused(pattern: dict[str, Any]) -> None:
    refused = ""
    try:
        checked(pattern, EVENT_BUS)
    except PydanticCustomError as error:
        refused = error.type
    assert refused in {"", "pattern-wrong"}
    assert refused or (pattern and set(pattern) <= {"detail", "source", "$or"})
