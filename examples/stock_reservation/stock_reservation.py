"""Reserves stock without selling a piece twice, and tells what is left."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Run, runner
from functions.runtime.stores import ABSENT, AtLeast


@runner
def reserve(order: dict[str, Any], run: Run) -> None:
    """Take the pieces of an order, once however often it is tried, and write the slip."""
    place, wanted = f"for-{order['order_id']}", order["quantity"]
    taken = run.stores.stock.update(
        order["sku"], {place: wanted}, add={"left": -wanted}, when={"left": AtLeast(wanted), place: ABSENT}
    )
    if not taken and place not in (taken.item or {}):
        left = (taken.item or {}).get("left", 0)
        raise Permanent(f"{wanted} of {order['sku']} wanted, {left} left")
    slip = f"{wanted} x {order['sku']} for {order['order_id']}\n"
    run.stores.slips.put(f"slips/{order['order_id']}.txt", slip.encode(), content_type="text/plain")
    run.outputs.raw.put(order)


@runner
def report(request: dict[str, Any], run: Run) -> None:
    """Land what is left of the goods that are asked for, and how many slips wait to be packed."""
    found = run.stores.stock.get_many(request["skus"])
    left = {sku: item["left"] if item else None for sku, item in zip(request["skus"], found, strict=True)}
    slips = [slip.key for slip in run.stores.slips.list()]
    run.outputs.raw.put({"report_id": request["report_id"], "left": left, "slips": len(slips)})
