"""The price of a plan: quantities of meters times list prices, and what is paid without a single event."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from constructs_lib.errors import PlanError
from constructs_lib.model.base import Frozen

if TYPE_CHECKING:
    from constructs_lib.catalog import Catalog
    from constructs_lib.model.plan import PipelinePlan

READ_ACTION: Final = "secretsmanager:GetSecretValue"


IDLE_POLLS = 5 * 3 * 60 * 24 * 30
"""Requests a month to the control queue, which is empty unless a dependency fails: five pollers that wait 20 s each.

Source: Lambda developer guide, "Configuring scaling behavior for SQS event source mappings", for the five.
"""


class Line(Frozen):
    """One meter of the price list for one month; ``usd`` is quantity times unit price."""

    meter: str
    unit: str
    quantity: float
    """Units a month."""
    unit_usd: float
    """US dollars for one unit."""
    usd: float
    needed_by: tuple[str, ...]
    """The parts of the declaration that bring it."""
    fixed: bool
    """True where it is paid without a single event."""


class Price(Frozen):
    """What a pipeline costs in a month with a number of events, at list prices of one region, without free tiers.

    Kept data is not in it: the plan does not know how large a record is.
    """

    pipeline: str
    catalog: str
    region: str
    as_of: str
    events_per_month: int
    lines: tuple[Line, ...]

    @property
    def total_usd(self) -> float:
        """US dollars a month."""
        return sum(line.usd for line in self.lines)

    @property
    def event_usd(self) -> float:
        """US dollars of one event."""
        return (self.total_usd - self.fixed_usd) / self.events_per_month if self.events_per_month else 0.0

    @property
    def fixed_usd(self) -> float:
        """US dollars a month of an idle pipeline."""
        return sum(line.usd for line in self.lines if line.fixed)

    def as_text(self) -> str:
        """Return the price as a table for a terminal, the dearest line first."""
        ordered = sorted(self.lines, key=lambda line: (-line.usd, line.meter))
        rows = [f"{line.meter:<20} {line.quantity:>16,.2f} {line.unit:<28} {line.usd:>10.4f} USD" for line in ordered]
        head = f"{self.pipeline}: {self.events_per_month:,} events a month, {self.region}, prices of {self.as_of}"
        total = f"{'total':<66} {self.total_usd:>10.4f} USD"
        return "\n".join([head, *rows, total, f"{'one event':<66} {self.event_usd:>10.8f} USD"])


def price(plan: PipelinePlan, catalog: Catalog, events_per_month: int) -> Price:
    """Return the price of a plan, one line for each meter.

    Args:
        plan: its cost drivers say what one event takes of each meter.
        catalog: its price list turns units into US dollars.
        events_per_month: how many events to reckon with, 0 for an idle pipeline.

    Raises:
        PlanError: ``meter-unknown`` for a meter that the price list does not have, ``events-negative``.
    """
    if events_per_month < 0:
        raise PlanError.of("events-negative", "events_per_month", str(events_per_month), "0 or more", "correct it")
    moving: dict[str, tuple[float, list[str]]] = {}
    for driver in plan.cost_drivers:
        if driver.quantity_per_event or not driver.quantity_per_month:
            quantity, needed_by = moving.get(driver.meter, (0.0, []))
            moving[driver.meter] = (quantity + driver.quantity_per_event, [*needed_by, driver.needed_by])
    lines = [
        _line(catalog, meter, per_event * events_per_month, needed_by, fixed=False)
        for meter, (per_event, needed_by) in moving.items()
    ]
    lines += [_line(catalog, meter, count, [part], fixed=True) for meter, count, part in _standing(plan) if count]
    return Price(
        pipeline=plan.pipeline,
        catalog=catalog.version,
        region=catalog.prices.region,
        as_of=catalog.prices.as_of,
        events_per_month=events_per_month,
        lines=tuple(lines),
    )


def _standing(plan: PipelinePlan) -> Iterable[tuple[str, float, str]]:
    """Yield what is paid by the month for as long as it exists."""
    secrets = {
        resource
        for function in plan.functions
        for grant in function.grants
        if READ_ACTION in grant.actions
        for resource in grant.resources
    }
    yield "sqs-request", IDLE_POLLS if plan.back_pressure else 0, "back_pressure"
    yield "alarm-month", len(plan.alarms), "observability.alarms"
    yield "dashboard-month", 1 if plan.dashboard else 0, "observability.dashboard"
    yield "secret-month", len(secrets), "secrets"
    for driver in plan.cost_drivers:
        yield driver.meter, driver.quantity_per_month, driver.needed_by


def _line(catalog: Catalog, meter: str, quantity: float, needed_by: Iterable[str], *, fixed: bool) -> Line:
    known = catalog.prices.meters
    if meter not in known:
        raise PlanError.of(
            "meter-unknown",
            "prices.meters",
            f"no price for {meter}",
            f"one of {', '.join(sorted(known))}",
            "add the meter to the catalogue's price list",
        )
    unit_usd = known[meter].unit_price
    return Line(
        meter=meter,
        unit=known[meter].unit,
        quantity=quantity,
        unit_usd=unit_usd,
        usd=quantity * unit_usd,
        needed_by=tuple(dict.fromkeys(needed_by)),
        fixed=fixed,
    )
