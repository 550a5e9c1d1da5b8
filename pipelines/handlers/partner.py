"""Orders that partners send with AWS credentials."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, runner


@runner
def land_order(order: dict[str, Any], run: Run) -> None:
    """Land an order as it was received."""
    run.outputs.raw.put(order)
