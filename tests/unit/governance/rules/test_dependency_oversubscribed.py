from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.governance.review import review
from constructs_lib.governance.rules.dependency_oversubscribed import DependencyOversubscribed
from constructs_lib.model.names import platform_names
from tests.unit.governance.cases import HANDLER, pipeline

if TYPE_CHECKING:
    from constructs_lib.governance.rule import Subject

RULE = DependencyOversubscribed()


def sharing(name: str, cap: int, stage: str = "dev", **fields: Any) -> Subject:
    runner = {"handler": HANDLER, "max_concurrency": cap}
    subject = pipeline(pipeline=name, runner=runner, back_pressure={"dependency": "raw-store"}, **fields)
    shared = plan_pipeline(subject.declaration, stage=stage, platform=platform_names("pipelines", stage))
    return replace(subject, plan=shared)


def test_every_pipeline_that_adds_to_too_much_is_told_with_the_sum() -> None:
    users = [sharing("shop-orders", 120), sharing("stock-levels", 81)]
    found = list(RULE.check_all(users))
    assert [(user.plan.pipeline, finding.place.pipeline) for user, finding in found] == [
        ("shop-orders", "shop-orders"),
        ("stock-levels", "stock-levels"),
    ]
    finding = found[0][1]
    assert finding.found == "shop-orders 120 + stock-levels 81 = 201 records in work against raw-store at once"
    assert finding.allowed == "200, its budget in the catalogue 2026-11"


def test_a_sum_that_fills_the_budget_passes() -> None:
    assert list(RULE.check_all([sharing("shop-orders", 120), sharing("stock-levels", 80)])) == []


def test_stages_do_not_share_and_pipelines_without_back_pressure_do_not_count() -> None:
    users = [sharing("shop-orders", 120), sharing("stock-levels", 120, "prod"), pipeline(pipeline="other")]
    assert list(RULE.check_all(users)) == []


def test_one_pipeline_alone_can_be_too_much() -> None:
    assert [finding.detail for finding in RULE.check(sharing("shop-orders", 201))] == ["raw-store"]


def test_the_review_of_an_app_blocks_on_it() -> None:
    users = [sharing("shop-orders", 120), sharing("stock-levels", 120)]
    found = review(users, today=date(2026, 1, 1), rules=[RULE])
    assert found.blocked
    assert {finding.place.pipeline for finding in found.findings} == {"shop-orders", "stock-levels"}
