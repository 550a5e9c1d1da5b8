"""Stock counts that warehouses send to a queue."""

from __future__ import annotations

from typing import TypedDict

from functions.runtime import Run, runner


class StockLevel(TypedDict):
    """How many pieces of an article a warehouse has counted."""

    warehouse: str
    sku: str
    counted_at: str
    pieces: int


@runner
def land_level(level: StockLevel, run: Run) -> None:
    """Land a count and tell when nothing is left."""
    if level["pieces"] == 0:
        run.logger.warning("out of stock", extra={"warehouse": level["warehouse"], "sku": level["sku"]})
    run.outputs.raw.put(level)
