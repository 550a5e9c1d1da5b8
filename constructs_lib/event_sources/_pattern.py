"""Patterns by which a service of AWS chooses messages; what it would refuse at deployment is refused here."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field

from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import shown
from functions.contract.identity import canonical_json

Pattern = Annotated[dict[str, Any], Field(min_length=1)]
DEEPEST = 20
"""Levels of a pattern that are read; a declaration itself nests no deeper."""
OR = "$or"
STAGE = "${stage}"
_ABOVE, _BELOW = frozenset({">", ">="}), frozenset({"<", "<="})
"""A range has its lower end first, as EventBridge's reader of patterns wants it."""
_COMPARISONS = frozenset({"=", "!=", "<", "<=", ">", ">="})


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


_EVERYWHERE = frozenset({"prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case"})
EVENT_BUS = Dialect(
    "EventBridge",
    _EVERYWHERE | {"cidr", "wildcard"},
    frozenset({"version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail", OR}),
)
"""https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html"""
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
TOPIC_ATTRIBUTES = Dialect("SNS", _EVERYWHERE | {"cidr", "wildcard"}, nested=False, longest=262_144)
TOPIC_BODY = Dialect("SNS", _EVERYWHERE | {"cidr", "wildcard"}, longest=262_144)
"""https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html"""


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
    if len(text_of(pattern)) > dialect.longest:
        found = f"the pattern has {len(text_of(pattern)):,} characters"
        raise refusal("pattern-wrong", found, f"at most {dialect.longest:,}", "choose by fewer values")


def text_of(pattern: Mapping[str, Any]) -> str:
    """Return a pattern as the services take it."""
    return canonical_json(pattern)


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
    elif not _ARGUMENTS[name](argument):
        yield place, f"{name} does not take {shown(argument)}"


def _text(argument: Any) -> bool:
    return isinstance(argument, str) and bool(argument)


def _edge(argument: Any) -> bool:
    ignoring = isinstance(argument, Mapping) and list(argument) == ["equals-ignore-case"]
    return _text(argument["equals-ignore-case"] if ignoring else argument)


def _anything_but(argument: Any) -> bool:
    if isinstance(argument, Mapping):
        names = {"prefix", "suffix", "wildcard", "equals-ignore-case"}
        return len(argument) == 1 and all(
            name in names and (_text(value) or _texts(value)) for name, value in argument.items()
        )
    values = argument if isinstance(argument, list) else [argument]
    return bool(values) and all(isinstance(one, (str, int, float)) and not isinstance(one, bool) for one in values)


def _texts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_text, value))


def _numeric(argument: Any) -> bool:
    if not isinstance(argument, list) or len(argument) not in {2, 4}:
        return False
    signs, numbers = argument[::2], argument[1::2]
    real = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in numbers)
    if not real or not all(isinstance(sign, str) and sign in _COMPARISONS for sign in signs):
        return False
    return len(signs) == 1 or (signs[0] in _ABOVE and signs[1] in _BELOW and numbers[0] < numbers[1])


def _network(argument: Any) -> bool:
    try:
        return _text(argument) and bool(ipaddress.ip_network(argument, strict=False))
    except ValueError:
        return False


_ARGUMENTS: dict[str, Callable[[Any], bool]] = {
    "prefix": _edge,
    "suffix": _edge,
    "equals-ignore-case": _text,
    "wildcard": lambda argument: _text(argument) and "**" not in argument,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": lambda argument: isinstance(argument, bool),
    "cidr": _network,
}
