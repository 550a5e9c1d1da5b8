"""Sales reports of regions, and the report of a day over all of them."""

from __future__ import annotations

from typing import TypedDict

from functions.runtime import Run, runner
from functions.runtime.fan_in import Parts


class SalesReport(TypedDict):
    """What a region has sold on a day; ``regions`` are all that report on it."""

    day: str
    region: str
    revision: int
    regions: list[str]
    sales: int


@runner
def land_report(report: SalesReport, run: Run) -> None:
    """Land the report of one region."""
    run.outputs.raw.put(report)


@runner
def consolidate_day(parts: Parts, run: Run) -> None:
    """Land the sum of a day, and which regions are not in it."""
    (day,) = parts.key
    total = sum(report["sales"] for report in parts.records())
    regions = [part.name for part in parts]
    run.outputs.raw.put({"day": day, "sales": total, "regions": regions, "missing": list(parts.missing)})
