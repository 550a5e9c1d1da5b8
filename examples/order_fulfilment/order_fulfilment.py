"""Fulfil an order step by step; what was done before a step that fails is taken back."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

from functions.runtime import Permanent, Recoverable, Run, runner
from functions.runtime.stores import ABSENT, EXISTS, AtLeast

DECLINED = 402
MOST_PIECES = 100


class PaymentDeclined(Recoverable):
    """The customer's bank says no; a moment later it may say yes."""


class OutOfStock(Permanent):
    """Fewer pieces are left than the order wants."""


@runner
def validate(order: dict[str, Any], _run: Run) -> dict[str, int]:
    """Refuse an order that is too large, and say what it costs."""
    if order["quantity"] > MOST_PIECES:
        raise Permanent(f"{order['quantity']} pieces, and an order has {MOST_PIECES} at most")
    return {"cents": order["quantity"] * order["cents_each"]}


@runner
def reserve(order: dict[str, Any], run: Run) -> dict[str, Any]:
    """Take the pieces out of the stock, once however often it is tried."""
    place, wanted = f"for-{order['order_id']}", order["quantity"]
    taken = run.stores.stock.update(
        order["sku"], {place: wanted}, add={"left": -wanted}, when={"left": AtLeast(wanted), place: ABSENT}
    )
    if not taken and place not in (taken.item or {}):
        raise OutOfStock(f"{wanted} of {order['sku']} wanted")
    return {"sku": order["sku"], "place": place, "quantity": wanted}


@runner
def release(reserved: dict[str, Any], run: Run) -> None:
    """Put the pieces back, once however often it is tried."""
    place, quantity = reserved["place"], reserved["quantity"]
    run.stores.stock.update(reserved["sku"], add={"left": quantity}, remove=[place], when={place: EXISTS})


@runner
def charge(payment: dict[str, Any], run: Run) -> dict[str, str]:
    """Charge under the run token of the step, by which the provider knows a repeat."""
    charged: dict[str, str] = _post(run, "payment-provider", "/charges", payment)
    return charged


@runner
def confirm(order: dict[str, Any], run: Run) -> None:
    """Note that the order is paid."""
    run.stores.orders.put({"order_id": order["order_id"], "state": "confirmed", "charge": order["charge"]})


@runner
def cancel(order: dict[str, Any], run: Run) -> None:
    """Note that the order came to nothing, and why."""
    run.stores.orders.put({"order_id": order["order_id"], "state": "cancelled", "reason": order["reason"]})


@runner
def tell_customer(order: dict[str, Any], run: Run) -> None:
    """Send the confirmation; an order without one is an order all the same."""
    _post(run, "mail-service", "/mails", {"to": order["customer"], "order_id": order["order_id"]})


def _post(run: Run, secret: str, path: str, value: dict[str, Any]) -> Any:
    request = urllib.request.Request(  # noqa: S310 - the address is in the secret, written by the operator
        json.loads(run.secrets[secret])["url"] + path,
        json.dumps(value).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": run.token},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            return json.load(answer)
    except urllib.error.HTTPError as error:
        if error.code == DECLINED:
            raise PaymentDeclined("the bank says no") from None
        raise Recoverable(f"{path} answers {error.code}") from None
