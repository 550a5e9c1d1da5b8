"""What a plain scalar means: as in YAML 1.2, so that ``no``, ``on`` and ``1:30`` stay the text they look like."""

from __future__ import annotations

import math
import re

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
MAX_DIGITS = 18
"""Digits of the longest whole number that is read; longer ones fit no field and cost time to convert."""


class NumberRefused(ValueError):  # noqa: N818 - it says what happened to the number
    """A number that no field can hold: infinite, not a number, or too long."""


def whole_number(text: str) -> int:
    """Return the number; raises ``NumberRefused`` above 18 digits."""
    if len(text.lstrip("+-")) > MAX_DIGITS:
        raise NumberRefused(text)
    return int(text)


def finite_number(text: str) -> float:
    """Return the number; raises ``NumberRefused`` where it would be infinite."""
    number = float(text)
    if not math.isfinite(number):
        raise NumberRefused(text)
    return number


def refuse_number(text: str) -> float:
    """Raise ``NumberRefused``: JSON's own parser meets NaN or an infinity."""
    raise NumberRefused(text)


def resolve(text: str) -> str | int | float | bool | None:
    """Return the value of a plain scalar; raises ``NumberRefused`` for a number that no field can hold."""
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text):
        return whole_number(text)
    if _FLOAT.fullmatch(text):
        return finite_number(text)
    if _NOT_FINITE.fullmatch(text):
        raise NumberRefused(text)
    return text
