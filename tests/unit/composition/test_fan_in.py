"""The plan of fan-in: a second queue and a second function, with a role of its own, and nothing without it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import constructs_lib
from constructs_lib.catalog import load_catalog
from constructs_lib.cli._diagram import mermaid
from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from constructs_lib.declaration.loader import load_pipeline
from functions.contract.environment import Variable

if TYPE_CHECKING:
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan

FILE = Path(constructs_lib.__file__).parents[1] / "pipelines" / "regional-sales.yaml"


@cache
def planned() -> PipelinePlan:
    return plan_pipeline(load_pipeline(FILE))


@cache
def without() -> PipelinePlan:
    return plan_pipeline(load_pipeline(FILE).model_copy(update={"fan_in": None}))


def values(function: FunctionPlan) -> dict[str, str]:
    return {variable.name: variable.value for variable in function.environment}


def granted(function: FunctionPlan) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {grant.sid: (grant.actions, grant.resources) for grant in function.grants}


def test_the_consolidator_reads_its_own_queue_one_group_at_a_time() -> None:
    mapping = planned().mappings[1]
    assert (mapping.queue, mapping.function, mapping.batch_size) == ("groups", "consolidate_day", 1)
    queue = planned().queue("groups")
    assert queue.name == "regional-sales-dev-groups"
    assert queue.dead_letter_queue == "dlq"
    assert queue.visibility_timeout == 6 * planned().function("consolidate_day").timeout


def test_both_functions_agree_on_the_groups() -> None:
    runner, consolidator = values(planned().function("land_report")), values(planned().function("consolidate_day"))
    assert runner[Variable.FAN_IN] == consolidator[Variable.FAN_IN]
    settings = json.loads(runner[Variable.FAN_IN])
    assert settings["timeout_seconds"] == 6 * 3600
    assert settings["queue_url"] == planned().queue("groups").url == consolidator[Variable.QUEUE_URL]
    assert (runner[Variable.SOURCE], consolidator[Variable.SOURCE]) == ("queue", "group")
    assert Variable.CONTRACT in runner
    assert Variable.CONTRACT not in consolidator


def test_each_role_allows_what_its_function_does() -> None:
    runner, consolidator = granted(planned().function("land_report")), granted(planned().function("consolidate_day"))
    groups = (planned().queue("groups").arn,)
    assert runner["Signals"] == (("sqs:SendMessage",), groups)
    assert "Signals" not in consolidator
    assert consolidator["TakeMessages"][1] == groups
    assert runner["TakeMessages"][1] == (planned().queue("buffer").arn,)
    assert consolidator["ReadParts"][0] == ("s3:GetObject",)
    assert consolidator["ReadParts"][1][0].endswith("/raw/regional-sales/*")
    assert "ReadParts" not in runner
    assert runner["Groups"] == consolidator["Groups"]


def test_a_group_that_is_not_consolidated_raises_an_alarm_and_a_waiting_one_does_not() -> None:
    (alarm,) = [alarm for alarm in planned().alarms if alarm.id == "oldest-group"]
    assert alarm.threshold == 6 * 3600 + 2 * planned().queue("groups").visibility_timeout
    assert {f"consolidate_day-{kind}" for kind in ("errors", "throttles")} <= {a.id for a in planned().alarms}


def test_a_pipeline_without_fan_in_has_none_of_it() -> None:
    assert [queue.id for queue in without().queues] == ["buffer", "dlq"]
    assert [function.id for function in without().functions] == ["land_report"]
    assert Variable.FAN_IN not in values(without().function("land_report"))
    assert {"Groups", "Signals"} & set(granted(without().function("land_report"))) == set()


def test_fan_in_has_its_price() -> None:
    catalog = load_catalog("2026-11")
    dear, cheap = (price(plan, catalog, 100_000) for plan in (planned(), without()))
    assert cheap.total_usd < dear.total_usd < cheap.total_usd + 1
    assert any("fan_in" in line.needed_by for line in dear.lines)
    assert not any("fan_in" in line.needed_by for line in cheap.lines)


def test_the_picture_shows_the_way_of_a_group() -> None:
    assert 'groups -->|"complete, or at the timeout"| consolidator["consolidate_day' in mermaid(planned())
    assert "groups" not in mermaid(without())
