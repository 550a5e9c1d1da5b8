"""What must hold of an item for a write to happen: values, or one of the conditions below."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class Presence(Enum):
    """Whether an attribute is there at all."""

    EXISTS = "attribute_exists"
    ABSENT = "attribute_not_exists"


EXISTS = Presence.EXISTS
"""The attribute is there, whatever its value."""
ABSENT = Presence.ABSENT
"""The attribute is not there; of a key: the item is not there."""


@dataclass(frozen=True)
class AtLeast:
    """The attribute is there, of the same type as the value, and not below it."""

    value: Any


@dataclass(frozen=True)
class AtMost:
    """The attribute is there, of the same type as the value, and not above it."""

    value: Any


@dataclass(frozen=True)
class OneOf:
    """The attribute equals one of the values, of which DynamoDB takes up to 100."""

    values: tuple[Any, ...]

    def __init__(self, *values: Any) -> None:
        """Keep the values."""
        object.__setattr__(self, "values", values)


def operands(when: Mapping[str, Any]) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return every condition as attribute, operator and values; presence has no values."""
    return [(name, *_operand(wanted)) for name, wanted in when.items()]


def _operand(wanted: Any) -> tuple[str, tuple[Any, ...]]:
    if isinstance(wanted, Presence):
        return wanted.value, ()
    if isinstance(wanted, AtLeast):
        return ">=", (wanted.value,)
    if isinstance(wanted, AtMost):
        return "<=", (wanted.value,)
    if isinstance(wanted, OneOf):
        return "IN", wanted.values
    return "=", (wanted,)
