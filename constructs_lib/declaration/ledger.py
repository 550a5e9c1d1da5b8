"""How long the evidence of a pipeline is kept."""

from __future__ import annotations

from datetime import timedelta

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration


class Ledger(Frozen):
    """The pipeline's entries in the platform's evidence ledger."""

    retention: Duration = timedelta(days=400)
    """How long an entry is kept."""
