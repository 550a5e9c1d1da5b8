"""Adds the sales since the last run to the report of their days; a sale that comes again changes nothing."""

from __future__ import annotations

from typing import Any

from functions.runtime import Page, Run, Tick, runner
from functions.runtime.stores import AtMost

SHOP = "main"
LAST = 10**15
"""A sale's number is below that."""


@runner
def sync(tick: Tick, run: Run) -> Page:
    """Take over one page of the sales behind the cursor, and say where the next page or the next run begins."""
    cursor, size = tick.token or tick.cursor or "0", tick.input["page_size"]
    sales = list(run.stores.sales.query(SHOP, between=(int(cursor) + 1, LAST), limit=size))
    added = [sale["number"] for sale in sales if add(run.stores.report, sale)]
    run.outputs.raw.put({"behind": int(cursor), "read": [sale["number"] for sale in sales], "added": added})
    if len(sales) == size:
        return Page(next=str(sales[-1]["number"]))
    return Page(cursor=str(sales[-1]["number"]) if sales else cursor)


def add(report: Any, sale: dict[str, Any]) -> bool:
    """Return whether a sale was new to its day, which remembers the number of its last one."""
    day, number = sale["day"], sale["number"]
    report.put_if_absent({"day": day, "sales": 0, "cents": 0, "upto": 0})
    counted = {"sales": 1, "cents": sale["cents"]}
    return bool(report.update(day, {"upto": number}, add=counted, when={"upto": AtMost(number - 1)}))
