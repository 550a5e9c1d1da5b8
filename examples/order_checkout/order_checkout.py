"""Take payment and pieces at the same time, and confirm an order that has both."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Run, runner
from functions.runtime.stores import ABSENT, EXISTS, AtLeast


class TooLittleMoney(Permanent):
    """The customer's account has less than the order costs."""


class OutOfStock(Permanent):
    """No piece is left."""


@runner
def pay(order: dict[str, Any], run: Run) -> dict[str, Any]:
    """Take the money from the customer's account, once however often it is tried."""
    place, cents = f"for-{order['order_id']}", order["cents"]
    paid = run.stores.accounts.update(
        order["customer"], {place: cents}, add={"cents": -cents}, when={"cents": AtLeast(cents), place: ABSENT}
    )
    if not paid and place not in (paid.item or {}):
        raise TooLittleMoney(f"{cents} cents wanted")
    return {"customer": order["customer"], "place": place, "taken": cents}


@runner
def refund(payment: dict[str, Any], run: Run) -> None:
    """Give the money back, once however often it is tried."""
    place, cents = payment["place"], payment["taken"]
    run.stores.accounts.update(payment["customer"], add={"cents": cents}, remove=[place], when={place: EXISTS})


@runner
def pick(order: dict[str, Any], run: Run) -> dict[str, Any]:
    """Take one piece from its shelf, once however often it is tried."""
    place = f"for-{order['order_id']}"
    taken = run.stores.stock.update(
        order["sku"], {place: 1}, add={"pieces": -1}, when={"pieces": AtLeast(1), place: ABSENT}
    )
    item = taken.item or {}
    if not taken and place not in item:
        raise OutOfStock(f"no {order['sku']} left")
    return {"sku": order["sku"], "place": place, "shelf": item["shelf"]}


@runner
def put_back(piece: dict[str, Any], run: Run) -> None:
    """Put the piece back, once however often it is tried."""
    place = piece["place"]
    run.stores.stock.update(piece["sku"], add={"pieces": 1}, remove=[place], when={place: EXISTS})


@runner
def confirm(order: dict[str, Any], run: Run) -> dict[str, Any]:
    """Note that the order is paid and picked."""
    run.stores.orders.put(order)
    return {"order_id": order["order_id"]}
