from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pytest

from constructs_lib.governance.review import Review, all_rules, review
from constructs_lib.governance.rule import Finding, PlanRule, Subject
from constructs_lib.governance.rules.no_secret_in_environment import NoSecretInEnvironment
from constructs_lib.governance.rules.over_budget import OverBudget
from constructs_lib.governance.rules.stated_timeout import StatedTimeout
from tests.unit.governance.cases import HANDLER, pipeline, resource, template

TODAY = date(2026, 11, 21)
SECRET = {"DB_PASSWORD": "hunter2"}


def leaking() -> Subject:
    return pipeline(runner={"handler": HANDLER, "environment": SECRET})


def function(path: str, **properties: Any) -> dict[str, Any]:
    return resource("AWS::Lambda::Function", path, **{"Environment": {"Variables": SECRET}, **properties})


def ids(found: Review) -> list[tuple[str, str, str]]:
    return [(f.id, f.place.resource, f.place.pipeline) for f in found.findings]


def test_what_the_library_plans_by_itself_has_no_finding() -> None:
    budget = {"monthly_usd": 40.0, "events_per_month": 3_000_000}
    assert review([pipeline("prod", budget=budget)], today=TODAY).findings == ()


def test_plans_are_judged_without_templates() -> None:
    found = review([leaking()], today=TODAY)
    assert found.blocked
    assert ids(found) == [("Pipeline::no-secret-in-environment[DB_PASSWORD]", "land_order", "shop-orders")]


def test_a_fault_that_plan_and_template_show_is_one_finding_at_both_places() -> None:
    resources = {"Land": function("Shop/Orders/Land/Resource", FunctionName="shop-orders-dev-land-order")}
    rules = [NoSecretInEnvironment()]
    (finding,) = review([leaking()], [template(resources)], today=TODAY, rules=rules).findings
    place = finding.place
    assert (place.resource, place.logical_id, place.path) == ("land_order", "Land", "Shop/Orders/Land/Resource")


def test_a_fault_of_a_resource_that_no_plan_knows_stays_alone() -> None:
    resources = {"Other": function("Shop/Other/Resource")}
    found = review([leaking()], [template(resources)], today=TODAY, rules=[NoSecretInEnvironment()])
    assert [(place, owner) for _, place, owner in ids(found)] == [("Other", ""), ("land_order", "shop-orders")]


def test_a_template_finding_on_a_planned_resource_has_the_id_of_the_plan() -> None:
    resources = {"Land": function("", FunctionName="shop-orders-dev-land-order")}
    (finding,) = review([pipeline()], [template(resources)], today=TODAY, rules=[StatedTimeout()]).findings
    assert (finding.place.pipeline, finding.place.resource) == ("shop-orders", "land_order")
    assert finding.place.logical_id == "Land"


def test_a_finding_without_a_resource_stands_at_the_construct_of_its_pipeline() -> None:
    subject = pipeline("prod")
    placed = Subject(subject.declaration, subject.plan, subject.catalog, "Shop/Orders")
    (finding,) = review([placed], today=TODAY, rules=[OverBudget()]).findings
    assert finding.place.path == "Shop/Orders"


def test_findings_come_in_the_same_order_whatever_order_the_rules_have() -> None:
    resources = {"B": function(""), "A": function("")}
    forward = review([leaking()], [template(resources)], today=TODAY)
    backward = review([leaking()], [template(resources)], today=TODAY, rules=all_rules()[::-1])
    assert forward == backward


def test_judging_plans_needs_no_cdk() -> None:
    program = "import sys, constructs_lib.governance.review as r; r.all_rules(); print('aws_cdk' in sys.modules)"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "False"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.slug)
def test_a_rule_names_itself_and_says_why_it_matters(rule: PlanRule) -> None:
    assert rule.slug == rule.slug.lower().replace("_", "-")
    assert rule.version >= 1
    assert rule.requirement.endswith(".")
    assert (type(rule).__doc__ or "").strip().endswith(".")


def test_a_finding_needs_no_words_that_are_missing() -> None:
    for finding in review([leaking(), pipeline("prod")], [template({"X": function("")})], today=TODAY).findings:
        assert _complete(finding)


def _complete(finding: Finding) -> bool:
    return all((finding.found, finding.allowed, finding.fix, finding.place.resource, finding.version))
