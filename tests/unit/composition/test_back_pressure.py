"""What back pressure adds to a plan: a function, two queues, exact grants, and a buffer with patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from functions.contract.environment import BackPressureSettings, Variable
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.functions import FunctionPlan, Grant
    from constructs_lib.model.plan import PipelinePlan

QUEUED: dict[str, Any] = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}


def planned(folder: Path, **pressure: Any) -> PipelinePlan:
    return plan_pipeline(declare(folder, **QUEUED, back_pressure={"dependency": "raw-store", **pressure}))


def plain(folder: Path) -> PipelinePlan:
    return plan_pipeline(declare(folder, **QUEUED))


def grant(function: FunctionPlan, sid: str) -> Grant:
    (found,) = [grant for grant in function.grants if grant.sid == sid]
    return found


def settings(function: FunctionPlan) -> BackPressureSettings:
    (text,) = [variable.value for variable in function.environment if variable.name == Variable.BACK_PRESSURE]
    return BackPressureSettings.from_json(text)


def test_without_back_pressure_nothing_of_it_is_planned(tmp_path: Path) -> None:
    plan = plain(tmp_path)
    assert plan.back_pressure is None
    assert [function.id for function in plan.functions] == ["land_order"]
    assert {queue.id for queue in plan.queues} == {"buffer", "dlq"}
    assert Variable.BACK_PRESSURE not in {variable.name for variable in plan.functions[0].environment}


def test_the_queue_has_patience_with_records_that_come_and_go_untried(tmp_path: Path) -> None:
    assert plain(tmp_path).queue("buffer").max_receive_count == 100
    assert planned(tmp_path).queue("buffer").max_receive_count == 1000


def test_the_runner_reaches_the_breaker_of_its_dependency_and_its_own_control_queue(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    runner = plan.function("land_order")
    (condition,) = grant(runner, "Breaker").conditions
    assert (condition.operator, condition.key) == ("ForAllValues:StringEquals", "dynamodb:LeadingKeys")
    assert condition.values == ("dependency#raw-store",)
    assert grant(runner, "TellControl").resources == (plan.queue("control").arn,)


def test_the_controlling_function_may_set_one_mapping_and_nothing_else_of_lambda(tmp_path: Path) -> None:
    function = planned(tmp_path).function("control_intake")
    allowed = grant(function, "SetIntake")
    assert allowed.actions == ("lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping")
    arn = (
        "arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:event-source-mapping:${Mapping.buffer-to-runner}"
    )
    assert allowed.resources == (arn,)
    others = [action for item in function.grants if item is not allowed for action in item.actions]
    assert not any(action.startswith("lambda:") for action in others)
    assert grant(function, "ReadBreaker").actions == ("dynamodb:BatchGetItem",)
    assert grant(function, "KeepInterval").conditions[0].values == ("shop-orders#intake",)


def test_a_dependency_behind_an_output_is_judged_by_what_lands(tmp_path: Path) -> None:
    assert settings(planned(tmp_path).function("land_order")).counts == "landing"
    catalog = load_catalog()
    crm = catalog.dependencies["raw-store"].model_copy(update={"output": None})
    other = catalog.model_copy(update={"dependencies": {"raw-store": crm}})
    declaration = declare(tmp_path, **QUEUED, back_pressure={"dependency": "raw-store"})
    plan = plan_pipeline(declaration, catalog=other)
    assert settings(plan.function("land_order")).counts == "handler"


def test_both_functions_know_what_is_declared(tmp_path: Path) -> None:
    plan = planned(tmp_path, failure_threshold=3, recovery_timeout="1m", action="pause")
    runner, control = (settings(plan.function(name)) for name in ("land_order", "control_intake"))
    assert runner == control
    assert (runner.failure_threshold, runner.recovery_timeout_seconds, runner.action) == (3, 60, "pause")
    assert runner.control_url == plan.queue("control").url


def test_a_lost_control_message_is_alarmed_and_polling_is_priced(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    (alarm,) = [alarm for alarm in plan.alarms if alarm.id == "control-lost"]
    assert alarm.dimensions[0].value == plan.queue("control-dlq").name
    more = price(plan, load_catalog(), 0).total_usd - price(plain(tmp_path), load_catalog(), 0).total_usd
    assert 0.25 < more < 0.75
