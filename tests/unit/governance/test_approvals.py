from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from constructs_lib.declaration.approval import Approval
from constructs_lib.governance.approvals import Outcome, apply_approvals
from constructs_lib.governance.rule import Decision, Finding, Place, Subject
from tests.unit.governance.cases import pipeline

TODAY = date(2026, 11, 21)
PLACE = Place("land_order", pipeline="shop-orders", logical_id="LandOrderA1B2", path="Shop/Orders/land_order/Resource")
FINDING = Finding(
    "Pipeline::size-approval", 1, Decision.REQUIRE_APPROVAL, PLACE, "size xlarge", "large", "ask", "runner.size"
)


def approved(**changes: Any) -> Subject:
    fields = {
        "rule": "Pipeline::size-approval",
        "resource": "land_order",
        "ticket": "OPS-17",
        "approved_by": "platform@example.com",
        "expires": TODAY,
        "reason": "the yearly import needs it",
        **changes,
    }
    subject = pipeline()
    declaration = subject.declaration.model_copy(update={"approvals": (Approval.model_validate(fields),)})
    return replace(subject, declaration=declaration)


def judged(subject: Subject, *findings: Finding) -> Outcome:
    return apply_approvals(subject, findings, TODAY)


@pytest.mark.parametrize(
    "names",
    [
        {},
        {"rule": "size-approval"},
        {"rule": "Pipeline::size-approval[runner.size]"},
        {"resource": "LandOrderA1B2"},
        {"resource": "Shop/Orders/land_order/Resource"},
    ],
)
def test_an_approval_lifts_the_finding_it_names(names: dict[str, str]) -> None:
    outcome = judged(approved(**names), FINDING)
    assert outcome.left == ()
    assert [item.finding for item in outcome.lifted] == [FINDING]


def test_an_approval_lifts_nothing_else() -> None:
    other = replace(FINDING, place=replace(PLACE, resource="verify", logical_id="V", path=""))
    outcome = judged(approved(), FINDING, other)
    assert outcome.left == (other,)


def test_an_approval_of_one_pipeline_does_not_reach_into_another() -> None:
    foreign = replace(FINDING, place=replace(PLACE, pipeline="other"))
    outcome = judged(approved(), foreign)
    assert [finding.rule for finding in outcome.left] == [FINDING.rule, "Pipeline::approval-unused"]


@pytest.mark.parametrize(
    ("changes", "findings", "fault"),
    [
        ({"expires": date(2026, 11, 20)}, (FINDING,), "approval-expired"),
        ({"rule": "open-endpoint"}, (FINDING,), "approval-unused"),
        ({"resource": "verify"}, (FINDING,), "approval-unused"),
        ({"resource": "*"}, (FINDING,), "approval-too-wide"),
        ({"rule": "*"}, (FINDING,), "approval-too-wide"),
        ({}, (FINDING, replace(FINDING, detail="runner.timeout")), "approval-too-wide"),
        ({}, (replace(FINDING, decision=Decision.DENY),), "approval-not-possible"),
        ({}, (replace(FINDING, decision=Decision.WARN),), "approval-not-possible"),
    ],
)
def test_an_approval_that_does_not_fit_lifts_nothing_and_is_denied_itself(
    changes: dict[str, Any], findings: tuple[Finding, ...], fault: str
) -> None:
    outcome = judged(approved(**changes), *findings)
    assert outcome.lifted == ()
    assert outcome.left[:-1] == findings
    assert (outcome.left[-1].rule, outcome.left[-1].decision) == (f"Pipeline::{fault}", Decision.DENY)
    assert outcome.left[-1].place.resource == "approvals[0]"


def test_a_too_wide_approval_is_told_which_findings_there_are() -> None:
    outcome = judged(approved(), FINDING, replace(FINDING, detail="runner.timeout"))
    assert "Pipeline::size-approval[runner.timeout]" in outcome.left[-1].fix
