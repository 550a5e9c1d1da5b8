"""The schedule source: its words, the plan, and the resources that are made of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.event_sources._schedule_resources import schedule, ticking_role
from constructs_lib.event_sources.schedule import ScheduleSource
from constructs_lib.model.units import parse_duration
from functions.contract.environment import CheckpointSettings, Variable
from functions.contract.ticks import parse_time
from tests.declarations import declare
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.model.resources import SchedulePlan

DAILY = "30 1 * * ? *"
EARLIER = parse_time("2026-11-01T00:00:00Z")


def source(**fields: Any) -> ScheduleSource:
    return ScheduleSource.model_validate({"type": "schedule", **fields})


def planned(**fields: Any) -> SchedulePlan:
    found = source(**fields).contribute(context()).schedule
    assert found is not None
    return found


def pipeline(tmp_path: Path, **fields: Any) -> PipelinePlan:
    changed = {"source": {"type": "schedule", "cron": DAILY}, "idempotency": {}, "tenant": {}, **fields}
    return plan_pipeline(declare(tmp_path, **changed))


@pytest.mark.parametrize(
    ("fields", "expression"),
    [
        ({"cron": DAILY}, "cron(30 1 * * ? *)"),
        ({"rate": "1m"}, "rate(1 minute)"),
        ({"rate": "2h"}, "rate(120 minutes)"),
        ({"at": "2026-12-01T06:00:00"}, "at(2026-12-01T06:00:00)"),
    ],
)
def test_each_way_to_say_when_becomes_scheduler_s_own(fields: dict[str, Any], expression: str) -> None:
    assert planned(**fields).expression == expression


@pytest.mark.parametrize(
    ("cron", "field"),
    [
        ("30 1 * * ?", "six fields"),
        ("60 1 * * ? *", "minutes"),
        ("0 24 * * ? *", "hours"),
        ("0 1 * * * *", "day of month and day of week"),
        ("0 1 ? * ? *", "day of month and day of week"),
        ("0 1 32 * ? *", "day of month"),
        ("0 1 30 2 ? *", "day of month"),
        ("0 1 * 13 ? *", "month"),
        ("0 1 ? * FRY *", "day of week"),
        ("0 1 ? * MON#6 *", "day of week"),
        ("0 1 * * ? 1969", "year"),
        ("5-1 1 * * ? *", "goes up"),
        ("0/0 1 * * ? *", "step"),
    ],
)
def test_a_cron_fault_names_the_field_and_what_may_stand_there(cron: str, field: str) -> None:
    with pytest.raises(ValidationError, match="cron-wrong") as refused:
        source(cron=cron)
    assert field in str(refused.value)


def test_the_tick_tells_when_it_was_due_and_what_is_handed_over() -> None:
    text = json.loads(planned(cron=DAILY, input={"mode": "full", "days": 30}).text)
    assert text["scheduled_at"] == "<aws.scheduler.scheduled-time>"
    assert text["input"] == {"mode": "full", "days": 30}


def test_the_role_of_the_schedule_may_send_to_both_queues_and_is_taken_by_scheduler_for_this_account_alone() -> None:
    properties = ticking_role(planned(cron=DAILY), ["buffer-arn", "dlq-arn"])["Properties"]
    (policy,) = properties["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == (["sqs:SendMessage"], ["buffer-arn", "dlq-arn"])
    (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "scheduler.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_the_schedule_says_what_is_declared() -> None:
    plan = planned(
        cron=DAILY,
        timezone="Europe/Dublin",
        flexible_window="45m",
        start="2026-12-01T01:00:00+01:00",
        end="2027-12-01T00:00:00Z",
    )
    properties = schedule(plan, "buffer-arn", "dlq-arn", "role-arn", EARLIER)["Properties"]
    assert properties["ScheduleExpressionTimezone"] == "Europe/Dublin"
    assert properties["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 45}
    assert (properties["StartDate"], properties["EndDate"]) == ("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z")
    assert properties["Target"]["DeadLetterConfig"] == {"Arn": "dlq-arn"}
    plain = schedule(planned(rate="1h"), "buffer-arn", "dlq-arn", "role-arn")["Properties"]
    assert plain["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert not {"StartDate", "EndDate"} & plain.keys()


def test_a_start_that_is_over_is_left_out_and_a_schedule_that_has_ended_is_switched_off() -> None:
    plan = planned(cron=DAILY, start="2026-12-01T00:00:00Z", end="2027-12-01T00:00:00Z")
    begun, over = (
        schedule(plan, "b", "d", "r", parse_time(now))["Properties"]
        for now in ("2026-12-01T00:00:00Z", "2027-12-01T00:00:00Z")
    )
    assert ("StartDate" in begun, begun["EndDate"], "State" in begun) == (False, "2027-12-01T00:00:00Z", False)
    assert over["State"] == "DISABLED"
    assert not {"StartDate", "EndDate"} & over.keys()


def test_a_tick_is_known_by_its_time_and_its_page(tmp_path: Path) -> None:
    plan = pipeline(tmp_path)
    variables = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
    assert json.loads(variables[Variable.IDEMPOTENCY])["key"] == ["schedule.scheduled_at", "schedule.page"]
    assert json.loads(variables[Variable.SOURCE_OPTIONS])["expression"] == f"cron({DAILY})"


def test_the_days_of_the_calendar_travel_to_the_gate(tmp_path: Path) -> None:
    plan = pipeline(tmp_path, source={"type": "schedule", "cron": DAILY, "calendar": "target"})
    variables = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
    assert "2026-12-25" in json.loads(variables[Variable.SOURCE_OPTIONS])["holidays"]


def sids(plan: PipelinePlan) -> set[str]:
    return {grant.sid for grant in plan.function(plan.runner).grants if "sqs:SendMessage" in grant.actions}


def test_the_runner_may_send_to_its_own_buffer_only_to_catch_up_or_to_turn_the_page(tmp_path: Path) -> None:
    cursor = {"cursor": "updated_since", "initial": "2026-01-01T00:00:00Z", "overlap": "5m"}
    caught = {"type": "schedule", "cron": DAILY, "missed_run": "catch_up"}
    assert sids(pipeline(tmp_path)) == {"SendDeadLetters"}
    assert sids(pipeline(tmp_path, source=caught)) == {"SendDeadLetters", "CatchUp"}
    plan = pipeline(tmp_path, checkpoint=cursor)
    assert sids(plan) == {"SendDeadLetters", "NextPage"}
    variables = {variable.name: variable.value for variable in plan.function(plan.runner).environment}
    assert CheckpointSettings.from_json(variables[Variable.CHECKPOINT]) == CheckpointSettings(
        "updated_since", "2026-01-01T00:00:00Z", int(parse_duration("5m").total_seconds())
    )


def test_silence_is_an_alarm_on_a_metric_that_has_data_only_when_something_lands(tmp_path: Path) -> None:
    plan = pipeline(tmp_path, observability={"expect_run_within": "26h"})
    (alarm,) = (alarm for alarm in plan.alarms if alarm.id == "no-run")
    assert alarm.silent
    assert (alarm.metric, alarm.period * alarm.evaluation_periods) == ("RecordsLanded", 26 * 3600)
    assert {dimension.name for dimension in alarm.dimensions} == {"pipeline", "service", "tenant"}
    assert "no-run" not in {alarm.id for alarm in pipeline(tmp_path).alarms}
