"""Orders that shops send by webhook."""

from __future__ import annotations

from dataclasses import dataclass

from iso4217 import Currency

from functions.runtime import Permanent, Run, runner


@dataclass(frozen=True)
class Line:
    """One article of an order."""

    sku: str
    quantity: int
    unit_price: float


@dataclass(frozen=True)
class Order:
    """An order as its contract describes it."""

    order_id: str
    currency: str
    lines: list[Line]


@runner
def land_order(order: Order, run: Run) -> None:
    """Land an order in a currency that exists; any other can never be billed and is given up at once."""
    try:
        currency = Currency(order.currency)
    except ValueError as error:
        raise Permanent(f"{order.currency} is no currency of ISO 4217") from error
    run.logger.info("order accepted", extra={"currency": currency.currency_name, "lines": len(order.lines)})
    run.outputs.raw.put(order)
