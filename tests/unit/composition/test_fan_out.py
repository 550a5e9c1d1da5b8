"""The plan of sharing out: queues, functions and roles of each worker, what multiplies, and what it costs."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from constructs_lib.declaration.pipeline import PipelineDeclaration
from functions.contract.environment import Variable
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan

HANDLER = "handlers.orders:land_order"
WORKERS: list[dict[str, Any]] = [
    {"name": "to-raw", "handler": HANDLER, "max_concurrency": 5, "outputs": ["raw"]},
    {"name": "plain", "handler": HANDLER, "max_concurrency": 7, "size": "medium", "secrets": ["crm-token"]},
]
BUDGET = {"monthly_usd": 100.0, "events_per_month": 30_000}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_project(tmp_path)


def shared(folder: Path, **changes: Any) -> PipelinePlan:
    declared = {"via": "topic", "workers": WORKERS, **changes.pop("fan_out", {})}
    values = fields(runner=None, fan_out=declared, budget=BUDGET, **changes)
    return plan_pipeline(PipelineDeclaration.model_validate({**values, "directory": folder}))


def values(function: FunctionPlan) -> dict[str, str]:
    return {variable.name: variable.value for variable in function.environment}


def sids(function: FunctionPlan) -> set[str]:
    return {grant.sid for grant in function.grants}


def test_every_worker_has_queue_letters_function_and_cap_of_its_own(folder: Path) -> None:
    plan = shared(folder)
    assert plan.fan_out is not None
    for worker, cap in zip(plan.fan_out.workers, (5, 7), strict=True):
        queue = plan.queue(worker.queue)
        (mapping,) = [one for one in plan.mappings if one.id == worker.mapping]
        assert queue.dead_letter_queue == worker.dead_letter_queue
        assert (mapping.queue, mapping.function, mapping.max_concurrency) == (worker.queue, worker.function, cap)
        (taken,) = [grant for grant in plan.function(worker.function).grants if grant.sid == "TakeMessages"]
        assert taken.resources == (queue.arn,)


def test_a_role_has_exactly_what_its_worker_names(folder: Path) -> None:
    plan = shared(folder)
    assert {"LandRaw", "Secrets"} & sids(plan.function("to_raw")) == {"LandRaw"}
    assert {"LandRaw", "Secrets"} & sids(plan.function("plain")) == {"Secrets"}
    assert {"LandRaw", "Secrets", "TellWorkers"} & sids(plan.function("share_out")) == {"TellWorkers"}
    assert json.loads(values(plan.function("plain"))[Variable.OUTPUTS]) == []


def test_the_sharing_function_checks_the_contract_and_says_started(folder: Path) -> None:
    told = values(shared(folder).function("share_out"))
    assert told[Variable.COMPLETION] == "started"
    assert Variable.CONTRACT in told
    assert [output["type"] for output in json.loads(told[Variable.OUTPUTS])] == ["share"]


@pytest.mark.parametrize(
    ("items", "runs"), [({}, 2), ({"items": "body.order_id", "max_items": 95, "batch_items": 10}, 20)]
)
def test_the_plan_knows_how_many_runs_one_event_causes(folder: Path, items: dict[str, Any], runs: int) -> None:
    assert shared(folder, fan_out=items).runs_per_event == runs


def test_a_plan_without_workers_multiplies_nothing(folder: Path) -> None:
    declaration = PipelineDeclaration.model_validate({**fields(), "directory": folder})
    assert plan_pipeline(declaration).runs_per_event == 0


def test_the_price_grows_with_the_messages_of_one_event(folder: Path) -> None:
    catalog = load_catalog()

    @cache
    def cost(batch: int) -> float:
        items = {"items": "body.order_id", "max_items": 100, "batch_items": batch}
        plan = shared(folder, fan_out=items)
        return price(plan, catalog, 30_000).total_usd - price(plan, catalog, 0).total_usd

    assert cost(1) > 20 * cost(100)
    assert cost(10) < cost(5) < cost(1)


def test_a_day_with_twice_the_expected_invocations_is_told(folder: Path) -> None:
    items = {"items": "body.order_id", "max_items": 50, "batch_items": 25}
    (alarm,) = [one for one in shared(folder, fan_out=items).alarms if one.id == "to_raw-multiplied"]
    assert (alarm.metric, alarm.statistic, alarm.period) == ("Invocations", "Sum", 86_400)
    assert alarm.threshold == 2 * 2 * 30_000 / 30


def test_letters_and_backlog_of_every_worker_are_watched(folder: Path) -> None:
    ids = {alarm.id for alarm in shared(folder).alarms}
    assert {f"{name}-{what}" for name in ("to-raw", "plain") for what in ("letters", "backlog")} <= ids


def test_a_bus_has_one_rule_for_each_worker(folder: Path) -> None:
    plan = shared(folder, fan_out={"via": "event_bus"})
    assert [one.type for one in plan.resources if one.needed_by == "fan_out"] == [
        "AWS::Events::EventBus",
        "AWS::Events::Rule",
        "AWS::Events::Rule",
    ]


def test_results_are_joined_by_record_and_worker(folder: Path) -> None:
    plan = shared(folder, fan_in={"handler": HANDLER})
    told = json.loads(values(plan.function("plain"))[Variable.FAN_IN])
    assert (told["group"], told["part"], told["expected"]) == (["share.token"], "share.part", "share.expected")
    assert told["max_items"] == 2
    assert Variable.FAN_IN not in values(plan.function("share_out"))
    joining = plan.function("land_order")
    assert "Secrets" not in sids(joining)
    assert {"LandRaw", "LargeParts", "ReadParts"} <= sids(joining)


def test_where_records_name_their_tenant_so_do_parts(folder: Path) -> None:
    assert json.loads(values(shared(folder).function("plain"))[Variable.TENANT])["key"] == "share.tenant"
    fixed = shared(folder, tenant={"id": "acme"}, idempotency={"key": ["body.order_id"]})
    assert json.loads(values(fixed.function("plain"))[Variable.TENANT])["id"] == "acme"
