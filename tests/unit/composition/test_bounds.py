"""Bounds of a plan: what would be refused at deployment, or hide another part, is refused before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from constructs_lib.composition import plan_pipeline
from constructs_lib.composition.bounds import name_faults
from constructs_lib.errors import PlanError
from constructs_lib.model.names import platform_names
from tests.declarations import declare, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.errors import Fault
    from constructs_lib.model.plan import PipelinePlan

SHARED = platform_names("pipelines", "dev")
QUEUED: dict[str, Any] = {"source": {"type": "queue"}, "tenant": None, "idempotency": {"key": ["body.order_id"]}}


def planned(folder: Path, handler: str = "land_order", stage: str = "dev", **changes: Any) -> PipelinePlan:
    write_project(folder)
    declaration = declare(folder, runner={"handler": f"handlers.orders:{handler}"}, **changes)
    (folder / "handlers" / "orders.py").write_text(f"def {handler}(order, run): ...\n")
    return plan_pipeline(declaration, stage=stage, platform=platform_names("pipelines", "dev"))


def refused(folder: Path, **changes: Any) -> tuple[Fault, ...]:
    with pytest.raises(PlanError) as caught:
        planned(folder, **changes)
    return caught.value.faults


@pytest.mark.parametrize(
    "handler", ["verify", "Verify", "verify_role", "verify_live", "buffer", "dlq", "api", "raw_stage"]
)
def test_a_handler_may_not_have_the_id_of_another_part(tmp_path: Path, handler: str) -> None:
    (fault,) = refused(tmp_path, handler=handler)
    assert (fault.code, fault.path) == ("function-id-taken", "runner.handler")
    assert repr(handler) in fault.found
    assert "rename" in fault.fix


def test_a_handler_may_be_named_verify_where_no_function_verifies(tmp_path: Path) -> None:
    assert [function.id for function in planned(tmp_path, handler="verify", **QUEUED).functions] == ["verify"]
    assert [function.id for function in planned(tmp_path, handler="verify_order").functions] == [
        "verify_order",
        "verify",
    ]


def test_no_owner_and_no_runbook_is_too_long_for_the_description_of_an_alarm(tmp_path: Path) -> None:
    owner, runbook = f"{'o' * 242}@example.com", f"https://example.com/{'r' * 580}"
    plan = planned(tmp_path, handler="f" * 48, owner=owner, observability={"runbook": runbook})
    assert max(len(alarm.description) for alarm in plan.alarms) <= 1024
    for changes in ({"owner": f"o{owner}"}, {"observability": {"runbook": f"{runbook}r"}}):
        with pytest.raises(ValidationError, match="string_too_long"):
            planned(tmp_path, **changes)


def test_a_functions_name_fills_its_service_and_no_more(tmp_path: Path) -> None:
    fits = "f" * (64 - len("shop-orders-dev-"))
    assert len(planned(tmp_path, handler=fits).function(fits).name) == 64
    (fault,) = refused(tmp_path, handler=f"{fits}f")
    assert (fault.code, fault.path) == ("name-too-long", "runner.handler")
    assert "65 characters" in fault.found
    assert fault.allowed == "at most 64 characters, of which 'shop-orders-dev-' takes 16"


def test_the_name_of_every_part_is_measured_except_that_of_a_queue_that_exists(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    long = plan.model_copy(
        update={
            "functions": tuple(f.model_copy(update={"name": "f" * 65}) for f in plan.functions),
            "queues": tuple(q.model_copy(update={"name": "q" * 81}) for q in plan.queues),
            "routes": tuple(r.model_copy(update={"api_name": "r" * 129}) for r in plan.routes),
            "alarms": tuple(a.model_copy(update={"name": "a" * 256}) for a in plan.alarms),
            "dashboard": "d" * 256,
        }
    )
    parts = len(plan.functions) + len(plan.queues) + len(plan.routes) + len(plan.alarms) + 1
    assert list(name_faults(plan)) == []
    assert [fault.code for fault in name_faults(long)] == ["name-too-long"] * parts
    existing = tuple(queue.model_copy(update={"existing": True}) for queue in long.queues)
    kept = list(name_faults(long.model_copy(update={"queues": existing})))
    assert len(kept) == parts - len(plan.queues)


@pytest.mark.parametrize("stage", ["d", "dev", "prod2", "acceptance"])
def test_a_stage_is_a_short_word(tmp_path: Path, stage: str) -> None:
    assert planned(tmp_path, stage=stage).stage == stage


@pytest.mark.parametrize("stage", ["", "Dev", "2dev", "dev-eu", "dev eu", "production1", "dev\n"])
def test_what_cannot_be_a_part_of_names_is_no_stage(tmp_path: Path, stage: str) -> None:
    (fault,) = refused(tmp_path, stage=stage)
    assert (fault.code, fault.path, fault.found) == ("stage-wrong", "stage", f"{stage!r} cannot be a part of names")


def test_a_pipeline_whose_name_is_too_long_for_a_platform_is_told_to_take_one(tmp_path: Path) -> None:
    declaration = declare(tmp_path, pipeline="a-name-of-22-letters-x")
    assert plan_pipeline(declaration, platform=SHARED).pipeline == declaration.pipeline
    with pytest.raises(PlanError, match="give it one") as caught:
        plan_pipeline(declaration)
    assert [fault.code for fault in caught.value.faults] == ["platform-wrong"]


def test_an_environment_that_lambda_refuses_is_refused_with_its_size(tmp_path: Path) -> None:
    runner = {"handler": "handlers.orders:land_order", "environment": {"RULES": "x" * 4000}}
    with pytest.raises(PlanError) as caught:
        plan_pipeline(declare(tmp_path, runner=runner), platform=SHARED)
    (fault,) = caught.value.faults
    assert (fault.code, fault.path) == ("environment-too-large", "runner.environment")
    assert "at most 4,096 bytes" in fault.allowed


def test_an_environment_of_common_size_fits_beside_the_librarys_own(tmp_path: Path) -> None:
    runner = {"handler": "handlers.orders:land_order", "environment": {"RULES": "x" * 1500}}
    plan = plan_pipeline(declare(tmp_path, runner=runner), platform=SHARED)
    assert "RULES" in {variable.name for variable in plan.function("land_order").environment}


def test_two_resources_of_one_type_have_two_names(tmp_path: Path) -> None:
    store = {"type": "table", "name": "orders_table", "partition_key": "order_id", "access": "write"}
    output = {"type": "dynamodb", "name": "orders", "partition_key": "order_id"}
    with pytest.raises(PlanError) as refused:
        plan_pipeline(declare(tmp_path, stores=[store], outputs=[output]))
    (fault,) = refused.value.faults
    assert (fault.code, "shop-orders-dev-orders-table" in fault.found) == ("resource-name-taken", True)
    plan_pipeline(declare(tmp_path, stores=[{**store, "name": "orders"}], outputs=[output]))


TWICE: dict[str, dict[str, Any]] = {
    "a table and a store": {
        "outputs": [{"type": "dynamodb", "name": "orders", "partition_key": "id"}],
        "stores": [{"type": "table", "name": "orders_table", "partition_key": "id"}],
    },
    "buckets": {"outputs": [{"type": "s3"}], "stores": [{"type": "bucket", "name": "out"}]},
}


@pytest.mark.parametrize("parts", TWICE.values(), ids=TWICE)
def test_two_resources_of_one_type_cannot_have_one_name(tmp_path: Path, parts: dict[str, Any]) -> None:
    (fault,) = refused(tmp_path, **{**QUEUED, **parts})
    assert fault.code == "resource-name-taken"
    assert fault.path in {"outputs[0]", "stores[0]"}


def test_an_existing_resource_may_be_named_more_than_once(tmp_path: Path) -> None:
    twice = [{"type": "topic", "name": name, "topic": "changes"} for name in ("one", "other")]
    assert len(planned(tmp_path, **QUEUED, outputs=twice).resources) == 2
