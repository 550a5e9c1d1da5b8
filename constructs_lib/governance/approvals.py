"""Approvals lift exactly the findings they name, and an approval that does not fit is a finding itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from constructs_lib.governance.rule import NAMESPACE, Decision, Finding, Place, Subject

if TYPE_CHECKING:
    from constructs_lib.declaration.approval import Approval

EXPIRED: Final = f"{NAMESPACE}::approval-expired"
UNUSED: Final = f"{NAMESPACE}::approval-unused"
TOO_WIDE: Final = f"{NAMESPACE}::approval-too-wide"
NOT_POSSIBLE: Final = f"{NAMESPACE}::approval-not-possible"
VERSION: Final = 1


@dataclass(frozen=True)
class Lifted:
    """A finding that an approval answers for."""

    finding: Finding
    approval: Approval


@dataclass(frozen=True)
class Outcome:
    """What is left of a pipeline's findings, what was lifted, and which approvals are at fault."""

    left: tuple[Finding, ...]
    lifted: tuple[Lifted, ...]


def apply_approvals(subject: Subject, findings: Sequence[Finding], today: date) -> Outcome:
    """Return what the approvals of one declaration leave of the findings of its pipeline.

    Args:
        subject: the pipeline; only findings of this pipeline can be lifted.
        findings: what the rules found in plan and templates.
        today: the day the approvals are judged by; an approval still holds on the day it expires.
    """
    own = [finding for finding in findings if finding.place.pipeline == subject.plan.pipeline]
    lifted: dict[Finding, Lifted] = {}
    faults: list[Finding] = []
    for index, approval in enumerate(subject.declaration.approvals):
        matching = [finding for finding in own if _names(approval, finding)]
        fault = _fault(approval, matching, today, Place.planned(subject.plan, f"approvals[{index}]"))
        if fault is not None:
            faults.append(fault)
        else:
            lifted[matching[0]] = Lifted(matching[0], approval)
    left = (*(finding for finding in findings if finding not in lifted), *faults)
    return Outcome(left, tuple(lifted.values()))


def _names(approval: Approval, finding: Finding) -> bool:
    rule = approval.rule if approval.rule.startswith(f"{NAMESPACE}::") else f"{NAMESPACE}::{approval.rule}"
    place = finding.place
    resources = {place.resource, place.logical_id, place.path} - {""}
    return rule in (finding.id, finding.rule) and approval.resource in resources


def _fault(approval: Approval, matching: Sequence[Finding], today: date, place: Place) -> Finding | None:
    named = f"{approval.rule} on {approval.resource}"
    if "*" in approval.resource or approval.rule == "*":
        return _finding(TOO_WIDE, place, f"a pattern: {named}", "one rule and one resource", "name the finding")
    if not matching:
        return _finding(UNUSED, place, f"no finding {named}", "approvals of findings that exist", "remove the approval")
    if len(matching) > 1:
        ids = ", ".join(sorted({finding.id for finding in matching}))
        return _finding(TOO_WIDE, place, f"{len(matching)} findings of {named}", "one finding", f"name one of: {ids}")
    if matching[0].decision is not Decision.REQUIRE_APPROVAL:
        decision = matching[0].decision.value
        return _finding(
            NOT_POSSIBLE,
            place,
            f"{named} is {decision}",
            "approvals of findings that ask for one",
            "remove the approval and put the finding right",
        )
    if approval.expires < today:
        found = f"{named} was approved until {approval.expires.isoformat()}"
        return _finding(EXPIRED, place, found, "an approval that has not expired", "decide again or put it right")
    return None


def _finding(rule: str, place: Place, found: str, allowed: str, fix: str) -> Finding:
    return Finding(rule, VERSION, Decision.DENY, place, found, allowed, fix, at=place.resource)
