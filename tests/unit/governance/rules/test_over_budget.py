from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.cost import price
from constructs_lib.governance.rules.over_budget import OverBudget
from tests.unit.governance.cases import pipeline, planned

RULE = OverBudget()
EVENTS = 3_000_000


def test_a_price_within_the_budget_passes() -> None:
    assert planned(RULE, pipeline("prod", budget={"monthly_usd": 1000.0, "events_per_month": EVENTS})) == []


def test_a_price_over_the_budget_requires_an_approval_and_says_both_numbers() -> None:
    subject = pipeline(budget={"monthly_usd": 0.5, "events_per_month": EVENTS})
    total = price(subject.plan, subject.catalog, EVENTS).total_usd
    (finding,) = planned(RULE, subject)
    assert finding.decision == "require_approval"
    assert finding.found == f"{total:.2f} USD a month for 3,000,000 events"
    assert finding.allowed == "0.50 USD a month"


@pytest.mark.parametrize("budget", [{}, {"monthly_usd": 40.0}, {"events_per_month": EVENTS}])
def test_production_without_a_complete_budget_is_denied(budget: dict[str, Any]) -> None:
    (finding,) = planned(RULE, pipeline("prod", budget=budget))
    assert (finding.decision, finding.detail) == ("deny", "stated")


def test_elsewhere_a_budget_may_be_missing() -> None:
    assert planned(RULE, pipeline("dev")) == []
