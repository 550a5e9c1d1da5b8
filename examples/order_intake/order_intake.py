"""Take an order once: work out its total, keep it, and say that it was placed."""

from __future__ import annotations

from typing import Any

from functions.runtime import Response, Run, runner
from functions.runtime.stores import ABSENT


@runner
def take_order(order: dict[str, Any], run: Run) -> Response:
    """Answer 201 with the total, or 200 where the order was taken before.

    The run token stands in the item: a repeat after a crash finds its own order, and tells of it again.
    """
    total = sum(line["quantity"] * line["unit_cents"] for line in order["lines"])
    receipt = {"order_id": order["order_id"], "total_cents": total}
    done = run.stores.orders.put({**receipt, "run_token": run.token}, when={"order_id": ABSENT})
    if not done and done.item["run_token"] != run.token:
        known = {"order_id": order["order_id"], "total_cents": done.item["total_cents"]}
        return Response({**known, "status": "already processed"})
    run.outputs.event_bus.put(receipt)
    return Response({**receipt, "status": "accepted"}, 201)
