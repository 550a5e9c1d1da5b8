"""Records of a table's stream: the item as it is now, and what was done to it under ``change``."""

from __future__ import annotations

from decimal import Decimal, DecimalException
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.runtime.readers.stream import known_text, malformed, milliseconds, read_stream
from functions.runtime.wire_text import encodable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.errors import ContractBreak
    from functions.runtime.record import Record

CHANGES = ("INSERT", "MODIFY", "REMOVE")
REMOVED_BY_TTL = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
"""Who removes an item whose time to live is over (DynamoDB developer guide, DynamoDB Streams and TTL)."""
MOST_DIGITS = 40
"""Digits of a number that a table keeps are 38; what has more is no number of a table."""
LARGEST = 130
"""Powers of ten that a number of a table reaches."""


def read(event: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one change.

    The body is the new image; of a removed item, or where the stream tells no new image, the old one; else the keys.
    """
    told = event.get("dynamodb")
    told = told if isinstance(told, dict) else {}
    change, fault = _change(event, told)
    body = change["new"] or change["old"] or change["keys"] or None
    keys = canonical_json(change["keys"]) if change["keys"] else None
    return read_stream(
        event,
        canonical_json(body),
        {"body": body, "change": change},
        fault,
        lane=keys,
        sequence_number=known_text(told.get("SequenceNumber")),
        arrived=told.get("ApproximateCreationDateTime"),
    )


def _change(event: Mapping[str, Any], told: Mapping[str, Any]) -> tuple[dict[str, Any], ContractBreak | None]:
    """Return what is told of a change, and what is wrong with it; then its images are left out."""
    size = told.get("SizeBytes")
    change: dict[str, Any] = {
        "event_id": known_text(event.get("eventID")),
        "name": known_text(event.get("eventName")),
        "keys": None,
        "new": None,
        "old": None,
        "size": size if isinstance(size, int) else None,
        "at": milliseconds(told.get("ApproximateCreationDateTime")),
        "ttl_removal": event.get("userIdentity") == REMOVED_BY_TTL,
    }
    if change["name"] not in CHANGES:
        return change, malformed("eventName", f"not one of {', '.join(CHANGES)}")
    try:
        images = {name: _image(told.get(part)) for name, part in _PARTS.items()}
        if not images["keys"]:
            raise ValueError("no keys")
        if not encodable(canonical_json(images)):
            raise ValueError("not valid Unicode")
    except (ValueError, TypeError, RecursionError, DecimalException) as error:
        return change, malformed("dynamodb", str(error)[:200] or "not the values of an item")
    return change | images, None


_PARTS = {"keys": "Keys", "new": "NewImage", "old": "OldImage"}


def _image(item: Any) -> dict[str, Any] | None:
    if item is None:
        return None
    if not isinstance(item, dict):
        raise TypeError("an item is a map")
    return {str(name): _value(attribute) for name, attribute in item.items()}


def _value(attribute: Any) -> Any:
    """Return a typed value as plain JSON: bytes stay base64, sets become lists."""
    if not isinstance(attribute, dict) or len(attribute) != 1:
        raise TypeError("a value has one type")
    ((kind, value),) = attribute.items()
    if kind == "NULL":
        return None
    read = _SINGLE.get(kind)
    if read:
        return read(value)
    if kind not in _LISTS or not isinstance(value, list):
        raise TypeError("a value has a type that no table knows")
    return [_LISTS[kind](part) for part in value]


def _map(value: Any) -> dict[str, Any]:
    return _image(value) or {}


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("not a flag")
    return value


def _number(text: Any) -> int | float:
    """Whole numbers keep every digit; others are the nearest that JSON readers know."""
    number = Decimal(_text(text))
    if not number.is_finite() or len(number.as_tuple().digits) > MOST_DIGITS or abs(number.adjusted()) > LARGEST:
        raise ValueError("not a number of a table")
    return int(number) if number == number.to_integral_value() else float(number)


_SINGLE = {"S": _text, "B": _text, "N": _number, "BOOL": _flag, "M": _map}
_LISTS = {"L": _value, "NS": _number, "SS": _text, "BS": _text}
