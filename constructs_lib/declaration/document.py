"""A text read as plain values, with the line of each, before anything is known of its fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from constructs_lib.errors import Fault

Place = tuple[str | int, ...]
"""Where a value stands: names and indexes from the top."""


@dataclass(frozen=True)
class Document:
    """Plain values, the line of every place, and what was wrong without stopping the reading."""

    value: Any
    lines: Mapping[Place, int]
    faults: tuple[Fault, ...] = ()

    def line(self, place: Place) -> int | None:
        """Return the line of a place, or of the nearest place around it that has one."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place)


def place_text(place: Place) -> str:
    """Return a place as users read it: ``outputs[0].type``."""
    text = ""
    for part in place:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if part.isprintable() else ascii(part)
            text += f".{name}" if text else name
    return text
