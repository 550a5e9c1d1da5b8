"""Items that are shared out one by one are few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject

if TYPE_CHECKING:
    from constructs_lib.declaration.fan_out import FanOut

EVENTS: Final = 300_000
"""Events a month that the prices mean where no budget states any: 10,000 a day."""
TOGETHER: Final = 100
"""Items of one message in the alternative whose price is told."""


class FanOutUnbatched(PlanRule):
    """One event that starts a run for each of its items is cheap to write and dear to run: the bill is the product."""

    slug = "fan-out-unbatched"
    requirement = (
        "Items that are shared out one by one cause at most as many runs of one event as the catalogue allows."
    )

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the runs of one event with the limit, and price the declaration and its batched alternative."""
        fan_out, most = subject.declaration.fan_out, subject.catalog.limits.fan_out_unbatched
        runs = subject.plan.runs_per_event
        if fan_out is None or fan_out.items is None or fan_out.batch_items > 1 or runs <= most:
            return
        batched = fan_out.model_copy(update={"batch_items": min(fan_out.max_items or 1, TOGETHER)})
        events = subject.plan.budget.events_per_month or EVENTS
        fewer = batched.messages_per_event() * len(batched.workers)
        yield self.finding(
            Place.planned(subject.plan, "fan_out"),
            found=f"{runs:,.0f} runs of one event: {_cost(subject, fan_out, events)}",
            allowed=f"{most} runs of one event without batches",
            fix=(
                f"write batch_items: {batched.batch_items}, so that one event causes {fewer:,}: "
                f"{_cost(subject, batched, events)}"
            ),
            detail="runs",
            at="fan_out.batch_items",
        )


def _cost(subject: Subject, fan_out: FanOut, events: int) -> str:
    """Return the price of a month with this fan-out in the declaration."""
    plan, catalog = subject.plan, subject.catalog
    declaration = subject.declaration.model_copy(update={"fan_out": fan_out})
    other = plan_pipeline(declaration, stage=plan.stage, platform=plan.platform, catalog=catalog)
    total = price(other, catalog, events).total_usd
    return f"{other.runs_per_event * events:,.0f} runs and {total:,.2f} USD a month for {events:,} events"
