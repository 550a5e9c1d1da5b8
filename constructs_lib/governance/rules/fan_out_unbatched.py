"""Items that are shared out, or mapped, one by one are few."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject
from constructs_lib.governance.unbatched_maps import unbatched_maps

if TYPE_CHECKING:
    from constructs_lib.declaration.fan_out import FanOut
    from constructs_lib.governance.unbatched_maps import UnbatchedMap
    from constructs_lib.model.plan import PipelinePlan

EVENTS: Final = 300_000
"""Events a month that the prices mean where no budget states any: 10,000 a day."""
TOGETHER: Final = 100
"""Items of one message in the alternative whose price is told."""


class FanOutUnbatched(PlanRule):
    """One event that starts a run for each of its items is cheap to write and dear to run: the bill is the product."""

    slug = "fan-out-unbatched"
    requirement = (
        "Items that are shared out one by one cause at most as many runs of one event as the catalogue allows; "
        "items that a map takes one by one do so, too, or somebody approves of it."
    )

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the runs of one event with the limit, and price the declaration and its batched alternative."""
        yield from self._shared_out(subject)
        for one in unbatched_maps(subject.declaration, subject.plan, subject.catalog.limits.map_unbatched):
            yield self._mapped(subject, one)

    def _shared_out(self, subject: Subject) -> Iterable[Finding]:
        fan_out, most = subject.declaration.fan_out, subject.catalog.limits.fan_out_unbatched
        runs = subject.plan.runs_per_event
        if fan_out is None or fan_out.items is None or fan_out.batch_items > 1 or runs <= most:
            return
        batched = fan_out.model_copy(update={"batch_items": min(fan_out.max_items or 1, TOGETHER)})
        events = subject.plan.budget.events_per_month or EVENTS
        fewer = batched.messages_per_event() * len(batched.workers)
        yield self.finding(
            Place.planned(subject.plan, "fan_out"),
            found=f"{runs:,.0f} runs of one event: {_cost(subject, _with(subject, fan_out), events)}",
            allowed=f"{most} runs of one event without batches",
            fix=(
                f"write batch_items: {batched.batch_items}, so that one event causes {fewer:,}: "
                f"{_cost(subject, _with(subject, batched), events)}"
            ),
            detail="runs",
            at="fan_out.batch_items",
        )

    def _mapped(self, subject: Subject, one: UnbatchedMap) -> Finding:
        events = subject.plan.budget.events_per_month or EVENTS
        size = min(one.step.max_items, TOGETHER)
        batched = one.in_batches(subject.plan, size)
        mode = "mode: distributed and " if one.step.mode == "inline" else ""
        return self.finding(
            Place.planned(subject.plan, "workflow"),
            found=(
                f"{one.runs:,.0f} calls of functions in {one.step.name} by one event: "
                f"{_cost(subject, subject.plan, events)}"
            ),
            allowed=f"{subject.catalog.limits.map_unbatched} calls by one event without batches",
            fix=(
                f"write {mode}batch_size: {size}, so that the step takes $items together: "
                f"{_cost(subject, batched, events)}; or add an approval of this finding"
            ),
            detail=one.step.name,
            at=one.place,
            decision=Decision.REQUIRE_APPROVAL,
        )


def _with(subject: Subject, fan_out: FanOut) -> PipelinePlan:
    """Return the plan with this fan-out in the declaration."""
    plan = subject.plan
    declaration = subject.declaration.model_copy(update={"fan_out": fan_out})
    return plan_pipeline(declaration, stage=plan.stage, platform=plan.platform, catalog=subject.catalog)


def _cost(subject: Subject, plan: PipelinePlan, events: int) -> str:
    """Return runs and price of a month with this plan."""
    total = price(plan, subject.catalog, events).total_usd
    return f"{plan.runs_per_event * events:,.0f} runs and {total:,.2f} USD a month for {events:,} events"
