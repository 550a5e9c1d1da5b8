from __future__ import annotations

import pytest

from constructs_lib.governance.rules.runbook_and_owner import RunbookAndOwner
from tests.unit.governance.cases import deployed, pipeline, planned, replanned, resource

RULE = RunbookAndOwner()


def test_every_planned_alarm_names_owner_and_runbook() -> None:
    subject = pipeline()
    assert subject.plan.alarms
    assert planned(RULE, subject) == []


def test_a_planned_alarm_without_its_owner_is_denied() -> None:
    subject = pipeline()
    alarm = subject.plan.alarms[0].model_copy(update={"description": f"Runbook: {subject.plan.runbook}"})
    (finding,) = planned(RULE, replanned(subject, alarms=(alarm,)))
    assert (finding.place.resource, finding.found) == (alarm.id, "the description does not name the owner")


@pytest.mark.parametrize(
    ("description", "missing"),
    [
        ("Too old. Owner: a@example.com. Runbook: https://example.com/r", None),
        ("Too old. Owner: a@example.com.", "runbook"),
        ("Too old.", "owner and the runbook"),
    ],
)
def test_an_alarm_of_a_template_names_both(description: str, missing: str | None) -> None:
    found = deployed(RULE, {"Old": resource("AWS::CloudWatch::Alarm", AlarmDescription=description)})
    assert [finding.found for finding in found] == (
        [] if missing is None else [f"the description does not name the {missing}"]
    )
