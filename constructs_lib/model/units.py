"""Units as users write them: durations ``30s 5m 2h 14d``, sizes ``200MB``, percentages ``1%``."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, StrictBool, StrictFloat, StrictInt, WithJsonSchema

from constructs_lib.model.refusal import refusal

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST = timedelta(days=36500)
"""The longest duration that makes sense here: a century."""
_BYTES = {"B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9}
_DURATION_PATTERN = "^(0|[1-9][0-9]{0,9})(s|m|h|d)$"
_SIZE_PATTERN = "^(0|[1-9][0-9]{0,11})(B|KB|MB|GB)$"
_PERCENT_PATTERN = r"^(100|[0-9]{1,2}(\.[0-9]{1,4})?)%$"
_DURATION = re.compile(_DURATION_PATTERN)
_SIZE = re.compile(_SIZE_PATTERN)
_PERCENT = re.compile(_PERCENT_PATTERN)


def shown(value: Any) -> str:
    """Return a short text of any value for a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def parse_duration(value: Any) -> timedelta:
    """Return the duration of a text such as ``5m``; a ``timedelta`` of whole seconds passes through.

    Raises:
        PydanticCustomError: ``unit-wrong`` with the units that exist.
    """
    if isinstance(value, timedelta):
        if timedelta(0) <= value <= LONGEST and not value.microseconds:
            return value
    elif isinstance(value, str) and (match := _DURATION.fullmatch(value)):
        seconds = int(match[1]) * _SECONDS[match[2]]
        if seconds <= LONGEST.total_seconds():
            return timedelta(seconds=seconds)
    raise refusal(
        "unit-wrong",
        f"{shown(value)} is not a duration",
        "a whole number with s, m, h or d, at most 36500d",
        "write 30s or 5m",
    )


def duration_text(value: timedelta) -> str:
    """Return the canonical text: the largest unit that divides the duration."""
    seconds = int(value.total_seconds())
    for unit in ("d", "h", "m"):
        if seconds and seconds % _SECONDS[unit] == 0:
            return f"{seconds // _SECONDS[unit]}{unit}"
    return f"{seconds}s"


def parse_size(value: Any) -> int:
    """Return the bytes of a text such as ``200MB`` (powers of ten); an ``int`` is bytes already.

    Raises:
        PydanticCustomError: ``unit-wrong`` with the units that exist.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str) and (match := _SIZE.fullmatch(value)):
        return int(match[1]) * _BYTES[match[2]]
    raise refusal("unit-wrong", f"{shown(value)} is not a size", "a whole number with B, KB, MB or GB", "write 200MB")


def size_text(value: int) -> str:
    """Return the canonical text: the largest unit that divides the size."""
    for unit in ("GB", "MB", "KB"):
        if value and value % _BYTES[unit] == 0:
            return f"{value // _BYTES[unit]}{unit}"
    return f"{value}B"


def parse_percent(value: Any) -> float:
    """Return the share between 0 and 1 of a text such as ``1%``; a ``float`` is a share already.

    Raises:
        PydanticCustomError: ``unit-wrong`` with an example.
    """
    if isinstance(value, float) and 0 <= value <= 1:
        return value
    if isinstance(value, str) and _PERCENT.fullmatch(value):
        return float(value[:-1]) / 100
    raise refusal("unit-wrong", f"{shown(value)} is not a percentage", "0% to 100%", "write 1% or 12.5%")


def percent_text(value: float) -> str:
    """Return the canonical text of a share between 0 and 1."""
    return f"{value * 100:.4f}".rstrip("0").rstrip(".") + "%"


Duration = Annotated[
    timedelta,
    BeforeValidator(parse_duration),
    PlainSerializer(duration_text),
    WithJsonSchema({"type": "string", "pattern": _DURATION_PATTERN, "examples": ["30s", "5m", "2h", "14d"]}),
]
Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(size_text),
    WithJsonSchema({"type": "string", "pattern": _SIZE_PATTERN, "examples": ["200MB"]}),
]
Percent = Annotated[
    float,
    BeforeValidator(parse_percent),
    PlainSerializer(percent_text),
    WithJsonSchema({"type": "string", "pattern": _PERCENT_PATTERN, "examples": ["1%"]}),
]
Count = Annotated[StrictInt, Field(ge=1, le=10**12)]
"""A whole number from 1; text and booleans are refused."""
Switch = StrictBool
"""true or false, and no text that looks like it."""
Amount = Annotated[StrictFloat, Field(gt=0, le=10**12, allow_inf_nan=False)]
"""A positive number; whole numbers are accepted, text and infinities are refused."""
Name = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^\S(.*\S)?$")]
"""One line of text without spaces at its ends."""
