"""Patterns by which a service of AWS chooses messages; what it would refuse at deployment is refused here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from math import prod
from typing import Annotated, Any

from pydantic import Field

from constructs_lib.event_sources._pattern_operators import takes
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import shown
from functions.contract.identity import canonical_json

Pattern = Annotated[dict[str, Any], Field(min_length=1)]
DEEPEST = 20
"""Levels of a pattern that are read; a declaration itself nests no deeper."""
OR = "$or"
STAGE = "${stage}"


@dataclass(frozen=True)
class Dialect:
    """What one service understands."""

    service: str
    operators: frozenset[str]
    top: frozenset[str] | None = None
    """Names that may stand at the top; None where any may."""
    nested: bool = True
    longest: int = 4096
    """Characters of the pattern as JSON."""
    plain: bool = False
    """Whether prefix, suffix and anything-but take no operator but a prefix inside them."""
    largest: float = 5e9
    """How far from zero a number of ``numeric`` may be."""
    most_keys: int | None = None
    most_combinations: int | None = None
    """Product of the number of values of each field, each times its depth; alternatives of ``$or`` add up."""


_EVERYWHERE = frozenset({"prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case"})
EVENT_BUS = Dialect(
    "EventBridge",
    _EVERYWHERE | {"cidr", "wildcard"},
    frozenset({"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", OR}),
    longest=2048,
)
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html; the length is a quota."""
MAPPING = Dialect(
    "Lambda",
    _EVERYWHERE,
    frozenset({"body", "messageAttributes", "attributes", "messageId", "eventSourceARN", "awsRegion", OR}),
)
"""https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"""
TABLE_STREAM = Dialect(
    "Lambda",
    _EVERYWHERE,
    frozenset({"eventID", "eventName", "eventSourceARN", "awsRegion", "dynamodb", "userIdentity", OR}),
)
DATA_STREAM = Dialect("Lambda", _EVERYWHERE, frozenset({"data", "partitionKey", OR}))
"""https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html"""
_TOPIC = Dialect(
    "SNS",
    _EVERYWHERE | {"cidr"},
    longest=262_144,
    plain=True,
    largest=1e9,
    most_keys=5,
    most_combinations=150,
)
TOPIC_ATTRIBUTES, TOPIC_BODY = replace(_TOPIC, nested=False), _TOPIC
"""https://docs.aws.amazon.com/sns/latest/dg/subscription-filter-policy-constraints.html"""


def checked(pattern: Mapping[str, Any], dialect: Dialect) -> None:
    """Raise a refusal with the first thing that the service would not understand."""
    for place, found in _faults(pattern, dialect, "", 0):
        where = f"at {place}: " if place else ""
        raise refusal(
            "pattern-wrong",
            f"{where}{found}",
            f"a pattern that {dialect.service} understands: names with lists of values or of operators",
            'write like {"kind": ["order", {"prefix": "return"}]}',
        )
    for counted, count, most in _sizes(pattern, dialect):
        if most is not None and count > most:
            found = f"the pattern has {count:,} {counted}"
            raise refusal("pattern-wrong", found, f"at most {most:,}", "choose by fewer values")


def text_of(pattern: Mapping[str, Any]) -> str:
    """Return a pattern as the services take it."""
    return canonical_json(pattern)


def _sizes(pattern: Mapping[str, Any], dialect: Dialect) -> Iterator[tuple[str, int, int | None]]:
    yield "characters", len(text_of(pattern)), dialect.longest
    yield "fields", _keys(pattern), dialect.most_keys
    yield "combinations of values", _combinations(pattern, 1), dialect.most_combinations


def _keys(pattern: Mapping[str, Any]) -> int:
    """Return how many lists of values there are, whatever their place."""
    parts = (part for name, value in pattern.items() for part in (value if name == OR else [value]))
    return sum(_keys(part) if isinstance(part, Mapping) else 1 for part in parts)


def _combinations(pattern: Mapping[str, Any], depth: int) -> int:
    return prod(_combined(name, value, depth) for name, value in pattern.items())


def _combined(name: str, value: Any, depth: int) -> int:
    if name == OR:
        return sum(_combinations(part, depth) for part in value)
    return _combinations(value, depth + 1) if isinstance(value, Mapping) else len(value) * depth


def _faults(pattern: Any, dialect: Dialect, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(pattern, Mapping) or not pattern:
        yield place, f"{shown(pattern)} is no mapping with a name in it"
        return
    for name, value in pattern.items():
        at = f"{place}.{name}" if place else str(name)
        if depth == 0 and dialect.top is not None and name not in dialect.top:
            yield at, f"no message has this part; there are {', '.join(sorted(dialect.top - {OR}))}"
        elif name == OR:
            yield from _alternatives(value, dialect, at, depth)
        elif isinstance(value, list):
            yield from _conditions(value, dialect, at)
        elif isinstance(value, Mapping) and dialect.nested and depth < DEEPEST:
            yield from _faults(value, dialect, at, depth + 1)
        else:
            yield at, f"{shown(value)} is no list of values" + (" or mapping" if dialect.nested else "")


def _alternatives(value: Any, dialect: Dialect, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if not isinstance(value, list) or len(value) < 2:
        yield place, "$or needs a list of two patterns or more"
        return
    for number, part in enumerate(value):
        yield from _faults(part, dialect, f"{place}[{number}]", depth)


def _conditions(values: list[Any], dialect: Dialect, place: str) -> Iterator[tuple[str, str]]:
    if not values:
        yield place, "the list is empty, and nothing would match"
    for number, value in enumerate(values):
        at = f"{place}[{number}]"
        if isinstance(value, Mapping):
            yield from _operator(value, dialect, at)
        elif not (value is None or isinstance(value, (str, int, float))):
            yield at, f"{shown(value)} is neither a value nor an operator"
        elif isinstance(value, str) and STAGE in value:
            yield at, f"{STAGE} is not replaced in a pattern, and {shown(value)} would match nothing"


def _operator(value: Mapping[str, Any], dialect: Dialect, place: str) -> Iterator[tuple[str, str]]:
    if len(value) != 1:
        yield place, f"{len(value)} operators in one mapping; each has one of its own"
        return
    ((name, argument),) = value.items()
    if name not in dialect.operators:
        yield place, f"{name!r} is no operator; there are {', '.join(sorted(dialect.operators))}"
    elif not takes(name, argument, plain=dialect.plain, largest=dialect.largest):
        yield place, f"{name} does not take {shown(argument)}"
