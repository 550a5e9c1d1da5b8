"""The schedule and its role, as plain CloudFormation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.model.kinds import Site
    from constructs_lib.model.resources import SchedulePlan

MOST_AGE, MOST_RETRIES = 3600, 10
"""Seconds and times that Scheduler tries to send a tick; SQS is seldom away for longer."""


def add_schedule(site: Site) -> None:
    """Add the schedule of the plan, whose ticks go to the buffer, and those that cannot to the dead-letter queue."""
    plan = site.plan.schedule
    if plan is None:
        raise ValueError(f"{site.plan.pipeline} has no schedule")
    buffer = site.reference(site.queue("buffer").queue_arn)
    dead_letters = site.reference(site.queue("dlq").queue_arn)
    role = site.add_resource("ScheduleRole", ticking_role(plan, [buffer, dead_letters]))
    site.add_resource("Schedule", schedule(plan, buffer, dead_letters, {"Fn::GetAtt": [role, "Arn"]}))


def ticking_role(plan: SchedulePlan, queues: list[Any]) -> dict[str, Any]:
    """Return the role of the schedule: it may send to these queues and do nothing else."""
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": "scheduler.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    send = {"Sid": "Tick", "Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": queues}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "Description": f"Lets {plan.name} queue its ticks.",
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [{"PolicyName": "Plan", "PolicyDocument": {"Version": "2012-10-17", "Statement": [send]}}],
        },
    }


def schedule(plan: SchedulePlan, buffer: Any, dead_letters: Any, role: Any) -> dict[str, Any]:
    """Return the schedule."""
    flexible: dict[str, Any] = {"Mode": "OFF"}
    if plan.flexible_minutes:
        flexible = {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": plan.flexible_minutes}
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "Name": plan.name,
            "Description": "Starts the runs of the pipeline.",
            "ScheduleExpression": plan.expression,
            "ScheduleExpressionTimezone": plan.timezone,
            "FlexibleTimeWindow": flexible,
            **({"StartDate": plan.start} if plan.start else {}),
            **({"EndDate": plan.end} if plan.end else {}),
            "Target": {
                "Arn": buffer,
                "RoleArn": role,
                "Input": plan.text,
                "DeadLetterConfig": {"Arn": dead_letters},
                "RetryPolicy": {"MaximumEventAgeInSeconds": MOST_AGE, "MaximumRetryAttempts": MOST_RETRIES},
            },
        },
    }
