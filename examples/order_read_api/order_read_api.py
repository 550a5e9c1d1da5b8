"""Answer with an order and what became of its last payment."""

from __future__ import annotations

from typing import Any

from functions.runtime import Refused, Run, runner


@runner
def read_order(_body: None, run: Run) -> dict[str, Any]:
    """Return the order of the path; 404 where there is none."""
    order_id = run.record["path"]["order_id"]
    order = run.stores.orders.get(order_id)
    if order is None:
        raise Refused(404, "order-unknown", "there is no order of this number")
    last = next(run.stores.payments.query(order_id, newest_first=True, limit=1), None)
    return {
        "order_id": order_id,
        "status": order["status"],
        "total_cents": order["total_cents"],
        "payment": last["status"] if last else "not-tried",
    }
