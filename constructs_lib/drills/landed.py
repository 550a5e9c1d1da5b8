"""The lines that an entry of the ledger says have landed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.landed_lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def landed_lines(location: str | None, objects: Mapping[str, bytes]) -> list[str]:
    """Return the lines at a location such as ``s3://bucket/key#3-5``; none where nothing was landed.

    ``objects`` are the contents by their places.
    """
    place, _, numbers = (location or "").partition("#")
    first, _, last = numbers.partition("-")
    if not numbers or not place.startswith("s3://"):
        return []
    lines = [line.decode() for line in lines_of(place, objects[place])]
    return lines[int(first) - 1 : int(last or first)]
