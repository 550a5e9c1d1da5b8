"""What a pipeline may cost."""

from __future__ import annotations

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Amount, Count


class Budget(Frozen):
    """What the owner expects in a month; the price of the plan is compared with it."""

    monthly_usd: Amount | None = None
    """US dollars a month."""
    events_per_month: Count | None = None
    """Events a month."""
