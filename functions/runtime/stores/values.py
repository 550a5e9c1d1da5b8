"""Values of Python as attributes of DynamoDB and back; both kinds of table keep items in this form."""

from __future__ import annotations

from decimal import Clamped, Context, Decimal, DecimalException, Inexact, Overflow, Rounded, Underflow
from typing import TYPE_CHECKING, Any

from functions.runtime.stores.errors import StoreMisuse

if TYPE_CHECKING:
    from collections.abc import Mapping

NUMBERS = Context(Emin=-128, Emax=126, prec=38, traps=[Clamped, Overflow, Inexact, Rounded, Underflow])
"""What DynamoDB keeps of a number: 38 digits, 1E-130 to 9.9E+125 (Amazon DynamoDB developer guide, data types)."""
LONGEST_PLAIN = 40
"""Digits before or after the point from which on a number is written with an exponent."""
DEEPEST = 32
"""Levels of lists and maps that DynamoDB takes (quotas)."""

Attribute = dict[str, Any]
Attributes = dict[str, Attribute]


def to_attributes(item: Mapping[str, Any]) -> Attributes:
    """Return an item in DynamoDB's form; raises ``StoreMisuse`` with the place of what it cannot keep."""
    return {name: to_attribute(value, name) for name, value in item.items()}


def from_attributes(item: Mapping[str, Attribute]) -> dict[str, Any]:
    """Return an item as plain values."""
    return {name: from_attribute(value) for name, value in item.items()}


def to_attribute(value: Any, place: str, depth: int = 0) -> Attribute:
    """Return one value in DynamoDB's form.

    Raises:
        StoreMisuse: it is of a type that DynamoDB does not know, or a number beyond what it keeps.
    """
    if value is None:
        return {"NULL": True}
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int | float | Decimal):
        return {"BOOL": value} if isinstance(value, bool) else {"N": _number(value, place)}
    if isinstance(value, bytes | bytearray):
        return {"B": bytes(value)}
    return _set(value, place) if isinstance(value, set | frozenset) else _nested(value, place, depth)


def _nested(value: Any, place: str, depth: int) -> Attribute:
    if depth == DEEPEST:
        raise StoreMisuse(f"{place[:80]}: lists and maps nest deeper than {DEEPEST} levels")
    if isinstance(value, list | tuple):
        return {"L": [to_attribute(part, f"{place}[{index}]", depth + 1) for index, part in enumerate(value)]}
    if isinstance(value, dict):
        return {"M": {_name(name, place): to_attribute(v, f"{place}.{name}", depth + 1) for name, v in value.items()}}
    raise StoreMisuse(f"{place}: a {type(value).__name__} cannot be kept; write it as text or a number")


def from_attribute(attribute: Attribute) -> Any:
    """Return the plain value of one attribute."""
    ((kind, value),) = attribute.items()
    if kind == "N":
        return _plain(value)
    if kind == "L":
        return [from_attribute(part) for part in value]
    if kind == "M":
        return from_attributes(value)
    if kind == "NS":
        return {_plain(part) for part in value}
    if kind in ("SS", "BS"):
        return set(value)
    return None if kind == "NULL" else value


def _number(value: float | Decimal, place: str) -> str:
    try:
        number = NUMBERS.create_decimal(str(value) if isinstance(value, float) else value)
    except DecimalException:
        raise StoreMisuse(
            f"{place}: {value} has more digits than the 38 that a table keeps, or is out of range"
        ) from None
    if not number.is_finite():
        raise StoreMisuse(f"{place}: {value} is not a finite number")
    return _digits(number.normalize(NUMBERS)) if number else "0"


def _digits(number: Decimal) -> str:
    """Equal numbers are one text, and the usual ones have no exponent: not every service reads one in a key."""
    return f"{number:f}" if abs(number.adjusted()) < LONGEST_PLAIN else str(number)


def _plain(text: str) -> int | Decimal:
    number = Decimal(text)
    return int(number) if number == number.to_integral_value(context=NUMBERS) else number


def _set(value: set[Any] | frozenset[Any], place: str) -> Attribute:
    parts = [to_attribute(part, place) for part in value]
    kinds = {kind for part in parts for kind in part}
    if len(kinds) != 1 or not kinds <= {"S", "N", "B"}:
        raise StoreMisuse(f"{place}: a set has at least one part, and all are texts, numbers or bytes")
    (kind,) = kinds
    return {f"{kind}S": sorted(part[kind] for part in parts)}


def _name(name: Any, place: str) -> str:
    if not isinstance(name, str):
        raise StoreMisuse(f"{place}: names in a map are texts, not {type(name).__name__}")
    return name
