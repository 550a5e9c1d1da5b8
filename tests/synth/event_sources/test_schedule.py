"""A schedule in the template: its expression, its ticks, its role, its queues; nothing that a pack or a rule finds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import App

from constructs_lib.governance.attach import govern, synthesize
from constructs_lib.patterns import PipelineStack, PlatformStack
from tests.declarations import declare
from tests.synth.templates import Resource, Template, of_type, only

NIGHTLY = {
    "type": "schedule",
    "cron": "30 1 * * ? *",
    "timezone": "Europe/Dublin",
    "flexible_window": "45m",
    "missed_run": "catch_up",
    "off_peak": True,
    "input": {"mode": "full", "days": 30},
    "start": "2199-01-01T01:00:00+01:00",
    "end": "2199-12-31T00:00:00Z",
}
VARIANTS: dict[str, dict[str, Any]] = {
    "nightly": {"source": NIGHTLY, "checkpoint": {"cursor": "updated_since", "initial": "2026-01-01T00:00:00Z"}},
    "often": {"source": {"type": "schedule", "rate": "5m"}},
    "once": {"source": {"type": "schedule", "at": "2199-12-01T06:00:00"}},
}
BASE: dict[str, Any] = {
    "tenant": None,
    "contract": None,
    "idempotency": None,
    "observability": {"runbook": "https://example.com/runbook"},
    "budget": {"monthly_usd": 40.0, "events_per_month": 10_000},
}


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """Every variant in one app, judged by both packs and every rule: a finding ends the synthesis."""
    folder, out = tmp_path_factory.mktemp("project"), tmp_path_factory.mktemp("assembly")
    app = App(outdir=str(out))
    platform = PlatformStack(app, "platform-dev").platform
    for name, changes in VARIANTS.items():
        PipelineStack(app, name, declare(folder, **{**BASE, "pipeline": name, **changes}), platform=platform)
    govern(app)
    synthesize(app)
    return {name: json.loads((out / f"{name}.template.json").read_text()) for name in VARIANTS}


def schedule(template: Template) -> dict[str, Any]:
    return dict(only(template, "AWS::Scheduler::Schedule")["Properties"])


def queue(template: Template, part: str) -> dict[str, Any]:
    """Return the reference to the ARN of a queue."""
    queues = of_type(template, "AWS::SQS::Queue").items()
    (name,) = (name for name, found in queues if found["Properties"]["QueueName"].endswith(f"-{part}"))
    return {"Fn::GetAtt": [name, "Arn"]}


def role(template: Template) -> tuple[str, Resource]:
    """Return the one role that Scheduler can take."""
    roles = of_type(template, "AWS::IAM::Role").items()
    (found,) = ((name, one) for name, one in roles if "scheduler.amazonaws.com" in json.dumps(one))
    return found


def test_expression_zone_window_and_dates_are_scheduler_s_own(templates: dict[str, Template]) -> None:
    nightly = schedule(templates["nightly"])
    assert nightly["Name"] == "nightly-dev-schedule"
    assert (nightly["ScheduleExpression"], nightly["ScheduleExpressionTimezone"]) == (
        "cron(30 1 * * ? *)",
        "Europe/Dublin",
    )
    assert nightly["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 45}
    assert (nightly["StartDate"], nightly["EndDate"]) == ("2199-01-01T00:00:00Z", "2199-12-31T00:00:00Z")


@pytest.mark.parametrize(("name", "expression"), [("often", "rate(5 minutes)"), ("once", "at(2199-12-01T06:00:00)")])
def test_what_is_not_declared_is_left_to_scheduler(templates: dict[str, Template], name: str, expression: str) -> None:
    found = schedule(templates[name])
    assert (found["ScheduleExpression"], found["FlexibleTimeWindow"]) == (expression, {"Mode": "OFF"})
    assert not {"StartDate", "EndDate", "State", "GroupName", "KmsKeyArn"} & found.keys(), "switched on, default group"


def test_a_tick_goes_to_the_buffer_with_scheduler_s_keywords_and_what_cannot_be_sent_to_the_dead_letters(
    templates: dict[str, Template],
) -> None:
    target = schedule(templates["nightly"])["Target"]
    assert target["Arn"] == queue(templates["nightly"], "buffer")
    assert target["DeadLetterConfig"] == {"Arn": queue(templates["nightly"], "dlq")}
    assert target["RetryPolicy"] == {"MaximumEventAgeInSeconds": 3600, "MaximumRetryAttempts": 10}
    assert json.loads(target["Input"]) == {
        "scheduled_at": "<aws.scheduler.scheduled-time>",
        "execution_id": "<aws.scheduler.execution-id>",
        "attempt": "<aws.scheduler.attempt-number>",
        "input": {"mode": "full", "days": 30},
    }


@pytest.mark.parametrize("name", list(VARIANTS))
def test_the_role_is_taken_by_scheduler_for_this_account_alone_and_may_send_to_two_queues(
    templates: dict[str, Template], name: str
) -> None:
    template = templates[name]
    id_, found = role(template)
    assert schedule(template)["Target"]["RoleArn"] == {"Fn::GetAtt": [id_, "Arn"]}
    (trust,) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert (trust["Principal"], trust["Action"]) == ({"Service": "scheduler.amazonaws.com"}, "sts:AssumeRole")
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    (policy,) = found["Properties"]["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", ["sqs:SendMessage"])
    assert statement["Resource"] == [queue(template, "buffer"), queue(template, "dlq")]
    assert "ManagedPolicyArns" not in found["Properties"]
    attached = [json.dumps(one["Properties"]["Roles"]) for one in of_type(template, "AWS::IAM::Policy").values()]
    assert not [roles for roles in attached if id_ in roles]


@pytest.mark.parametrize("name", list(VARIANTS))
def test_a_tick_may_wait_long_for_its_turn(templates: dict[str, Template], name: str) -> None:
    queues = [one["Properties"] for one in of_type(templates[name], "AWS::SQS::Queue").values()]
    (redrive,) = (one["RedrivePolicy"] for one in queues if "RedrivePolicy" in one)
    assert redrive["maxReceiveCount"] == 1000
