"""A review as people and machines read it: the same findings in the same order every time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.governance.rule import Decision, Finding

if TYPE_CHECKING:
    from constructs_lib.governance.approvals import Lifted
    from constructs_lib.governance.review import Review

FILE: Final = "governance-report.json"
"""Name of the report in the cloud assembly."""
_ORDER: Final = (Decision.DENY, Decision.REQUIRE_APPROVAL, Decision.WARN, Decision.ALLOW)


def as_text(review: Review) -> str:
    """Return the report for a terminal or a log: one block for each finding, the blocking ones first, and a count."""
    ranked = sorted(review.findings, key=lambda finding: _ORDER.index(finding.decision))
    blocks = [*(_block(finding) for finding in ranked), *(_lifted(item) for item in review.lifted)]
    return "\n\n".join([*blocks, summary(review)])


def summary(review: Review) -> str:
    """Return the count of findings by decision on one line."""
    if not review.findings and not review.lifted:
        return "Governance: no findings."
    counts = Counter(finding.decision for finding in review.findings)
    parts = [f"{counts[decision]} {decision.value}" for decision in _ORDER if counts[decision]]
    if review.lifted:
        parts.append(f"{len(review.lifted)} approved")
    return f"Governance: {', '.join(parts)}."


def as_json(review: Review) -> str:
    """Return the report as JSON: ``blocked``, ``findings`` and ``approved``, each finding with its id and place."""
    report = {
        "blocked": review.blocked,
        "findings": [_plain(finding) for finding in review.findings],
        "approved": [
            {**_plain(item.finding), "approval": item.approval.model_dump(mode="json")} for item in review.lifted
        ],
    }
    return json.dumps(report, indent=2, sort_keys=True) + "\n"


def _block(finding: Finding) -> str:
    return "\n".join(_lines(finding.decision.value.upper(), finding))


def _lifted(item: Lifted) -> str:
    approval = item.approval
    who = f"  approved {approval.approved_by}, {approval.ticket}, until {approval.expires}: {approval.reason}"
    return f"{_head('APPROVED', item.finding)}\n{who}"


def _head(mark: str, finding: Finding) -> str:
    place = finding.place
    where = ": ".join(part for part in (place.pipeline, place.resource) if part)
    path = f"  ({place.path})" if place.path else ""
    return f"{mark}  {finding.id}  {where}{path}"


def _lines(mark: str, finding: Finding) -> Iterable[str]:
    yield _head(mark, finding)
    yield f"  found    {finding.found}"
    yield f"  allowed  {finding.allowed}"
    yield f"  fix      {finding.fix}"


def _plain(finding: Finding) -> dict[str, Any]:
    return {"id": finding.id, **asdict(finding)}
