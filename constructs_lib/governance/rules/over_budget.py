"""What a pipeline will cost is within what its owner expects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from constructs_lib.cost import price
from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject

PRODUCTION: Final = "prod"
"""The environment in which a budget has to be stated."""


class OverBudget(PlanRule):
    """A price that is known before the deployment is a decision; one that is known from the bill is a surprise."""

    slug = "over-budget"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "In prod a budget is stated, and the price of the plan stays within a stated budget."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the list price of the expected events with the budget."""
        budget, plan = subject.plan.budget, subject.plan
        if budget.monthly_usd is None or budget.events_per_month is None:
            if plan.stage == PRODUCTION:
                yield self._missing(subject)
            return
        total = price(plan, subject.catalog, budget.events_per_month).total_usd
        if total > budget.monthly_usd:
            yield self.finding(
                Place.planned(plan, "budget"),
                found=f"{total:.2f} USD a month for {budget.events_per_month:,} events",
                allowed=f"{budget.monthly_usd:.2f} USD a month",
                fix="use larger batches or a smaller size, raise the budget, or add an approval of this finding",
                detail="monthly_usd",
                at="budget.monthly_usd",
            )

    def _missing(self, subject: Subject) -> Finding:
        return self.finding(
            Place.planned(subject.plan, "budget"),
            found=f"no complete budget in {PRODUCTION}",
            allowed="monthly_usd and events_per_month",
            fix="state what the owner expects in budget",
            detail="stated",
            at="budget",
            decision=Decision.DENY,
        )
