"""The schedule and its role, as plain CloudFormation."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from functions.contract.ticks import parse_time, time_text

if TYPE_CHECKING:
    from constructs_lib.model.resources import SchedulePlan
    from constructs_lib.model.site import Site

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


def schedule(plan: SchedulePlan, buffer: Any, dead_letters: Any, role: Any, now: float | None = None) -> dict[str, Any]:
    """Return the schedule as of ``now``, in seconds since 1970; the moment of the synthesis when absent."""
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
            **_between(plan, time.time() if now is None else now),
            "Target": {
                "Arn": buffer,
                "RoleArn": role,
                "Input": plan.text,
                "DeadLetterConfig": {"Arn": dead_letters},
                "RetryPolicy": {"MaximumEventAgeInSeconds": MOST_AGE, "MaximumRetryAttempts": MOST_RETRIES},
            },
        },
    }


def _between(plan: SchedulePlan, now: float) -> dict[str, str]:
    """Return the dates, in UTC, that still lie ahead.

    Scheduler refuses a start that is over, at every change of the schedule, too. One that has ended is switched off.
    """
    start, end = (parse_time(text) if text else None for text in (plan.start, plan.end))
    if end is not None and end <= now:
        return {"State": "DISABLED"}
    dates = {"StartDate": start if start is not None and start > now else None, "EndDate": end}
    return {name: time_text(moment) for name, moment in dates.items() if moment is not None}
