"""How many requests a route takes."""

from __future__ import annotations

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Count


class Throttle(Frozen):
    """How many requests the route takes before it answers 429."""

    rate: Count = 100
    """Requests a second, steadily."""
    burst: Count = 200
    """Requests at once."""
