"""Keys of objects from a template with places in braces, such as ``{tenant}/{body.order_id}/{name}``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PLACE = re.compile(r"\{([^{}]*)\}")


def placeholders(template: str) -> list[str]:
    """Return the names in braces, in their order."""
    return [place[1] for place in _PLACE.finditer(template)]


def filled(template: str, value: Callable[[str], str]) -> str:
    """Return the template with each place replaced by ``value`` of its name; what stands there then is left alone."""
    return _PLACE.sub(lambda place: value(place[1]), template)
