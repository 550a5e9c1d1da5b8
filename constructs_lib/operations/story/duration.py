"""A duration as people read it."""

from __future__ import annotations

_UNITS = ((86_400_000, "d"), (3_600_000, "h"), (60_000, "min"))
_SECOND = 1000


def duration_text(milliseconds: int) -> str:
    """Return a duration in its largest unit and the one below: ``2 h 5 min``, ``3.4 s``, ``12 ms``."""
    if milliseconds < _SECOND:
        return f"{milliseconds} ms"
    if milliseconds < 60 * _SECOND:
        return f"{milliseconds / _SECOND:.1f} s"
    for position, (size, unit) in enumerate(_UNITS):
        if milliseconds >= size:
            rest = milliseconds % size
            below, name = _UNITS[position + 1] if position + 1 < len(_UNITS) else (_SECOND, "s")
            return f"{milliseconds // size} {unit} {rest // below} {name}"
    raise AssertionError("unreachable")
