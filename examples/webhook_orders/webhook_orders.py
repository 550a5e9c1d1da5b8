"""Land each order as it was received."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def land_order(order: dict[str, Any], run: Run) -> None:
    """Land one order in the Raw Stage."""
    run.outputs.raw.put(order)
