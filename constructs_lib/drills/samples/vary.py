"""Other values of one field: like the sample's, and each different."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN_PATH = re.compile(r'(body|path|query|headers|claims|attributes)((?:\.(?:[A-Za-z_][A-Za-z0-9_]*|"[^"]+"))+)')
NAME = re.compile(r'\.(?:([A-Za-z_][A-Za-z0-9_]*)|"([^"]+)")')
PARTS = {"headers": "attributes"}
"""Where a sample keeps what a record has under another word."""
EPOCH = datetime(2026, 1, 31, 12, tzinfo=UTC)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def candidates(value: Any, number: int) -> Iterator[Any]:
    """Yield values in the place of ``value`` that differ by ``number``, the likeliest to be valid first."""
    if isinstance(value, bool):
        return
    if isinstance(value, int | float):
        yield value + number
        yield value - number
    if not isinstance(value, str):
        return
    moment = EPOCH + timedelta(seconds=number)
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*", value):
        yield moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        yield (EPOCH + timedelta(days=number)).strftime("%Y-%m-%d")
    if re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value):
        yield str(UUID(int=UUID(value).int + number))
    yield f"{value}-{number}"
    yield _same_shape(value, number)


def path_of(expression: str) -> tuple[str, tuple[str, ...]] | None:
    """Return where a plain expression points: the part of the record and the names below it; None for others."""
    match = PLAIN_PATH.fullmatch(expression)
    if match is None:
        return None
    return PARTS.get(match[1], match[1]), tuple(plain or quoted for plain, quoted in NAME.findall(match[2]))


def replaced(value: Any, names: tuple[str, ...], new: Any) -> Any:
    """Return ``value`` with ``new`` at the place of ``names``; what is on the way is made."""
    if not names:
        return new
    inside = value if isinstance(value, dict) else {}
    return {**inside, names[0]: replaced(inside.get(names[0]), names[1:], new)}


def found(value: Any, names: tuple[str, ...]) -> Any:
    """Return what stands at the place of ``names``; None where nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _same_shape(text: str, number: int) -> str:
    """Return a text of the same length with digits for digits and letters for letters, counted from the end."""
    out = list(text)
    for place in range(len(out) - 1, -1, -1):
        base = "0123456789" if out[place].isdigit() else ALPHABET if out[place].isalpha() else ""
        if base and number:
            number, rest = divmod(base.index(out[place].upper()) + number, len(base))
            out[place] = base[rest] if out[place].isupper() or out[place].isdigit() else base[rest].lower()
    return "".join(out)
