"""Write orders, follow their changes into a view, and answer from it."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Run, runner


@runner
def execute(command: dict[str, Any], run: Run) -> None:
    """Carry out one command; a repeat changes nothing, because its command id is the run token."""
    orders, order_id = run.stores.orders, command["order_id"]
    if command["do"] == "place":
        order = {"order_id": order_id, "customer": command["customer"], "cents": command["cents"], "status": "open"}
        orders.put_if_absent(order)
    elif command["do"] == "cancel":
        if orders.get(order_id) is None:
            raise Permanent(f"{order_id} was never placed")
        orders.update(order_id, {"status": "cancelled"})
    else:
        orders.delete(order_id)


@runner
def project(order: dict[str, Any], run: Run) -> None:
    """Bring the view in line with one change; doing it twice, or doing an old change again in order, is the same."""
    if run.record["change"]["name"] == "REMOVE":
        run.stores.view.delete((order["customer"], order["order_id"]))
    else:
        run.stores.view.put(order)


@runner
def query(_body: None, run: Run) -> dict[str, Any]:
    """Return the orders of the customer of the path, and what the open ones come to."""
    customer = run.record["path"]["customer"]
    orders = [{name: order[name] for name in ("order_id", "status", "cents")} for order in _orders(run, customer)]
    return {"orders": orders, "open_cents": sum(order["cents"] for order in orders if order["status"] == "open")}


def _orders(run: Run, customer: str) -> list[dict[str, Any]]:
    return list(run.stores.view.query(customer))
