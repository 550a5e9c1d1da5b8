"""Large bodies: exact rights to keep and to fetch them, and nothing of it where they are not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli._diagram import mermaid
from constructs_lib.composition import plan_pipeline
from functions.contract.environment import IntakeSettings, Variable, WebhookSettings
from tests.declarations import declare
from tests.unit.declaration.bad_input import from_fields

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.plan import PipelinePlan

HMAC = {"type": "hmac", "secret": "shop-webhook-key"}
JWT = {"type": "jwt", "issuer": "https://id.example.com/", "audience": ["orders"], "claims": ["sub", "azp"]}
TAKEN: list[dict[str, Any]] = [{"type": "iam"}, {"type": "none"}, JWT]


def planned(folder: Path, *, large: bool) -> PipelinePlan:
    source = {"type": "http", "path": "/shops/{shop_id}/orders", "auth": HMAC, "large_bodies": large}
    return plan_pipeline(declare(folder, source=source))


def large_grants(function: FunctionPlan) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [(grant.actions, grant.resources) for grant in function.grants if grant.sid == "LargeBodies"]


def test_the_verifying_function_may_keep_them_and_the_runner_may_fetch_them(tmp_path: Path) -> None:
    plan = planned(tmp_path, large=True)
    (kept,), (fetched,) = large_grants(plan.function("verify")), large_grants(plan.function("land_order"))
    assert (kept[0], fetched[0]) == (("s3:PutObject",), ("s3:GetObject",))
    assert kept[1] == fetched[1]
    assert kept[1][0].endswith("/large/shop-orders/*")


@pytest.mark.parametrize("large", [True, False])
def test_both_functions_are_told(tmp_path: Path, *, large: bool) -> None:
    plan = planned(tmp_path, large=large)
    verify, runner = ({v.name: v.value for v in plan.function(name).environment} for name in ("verify", "land_order"))
    assert WebhookSettings.from_json(verify[Variable.WEBHOOK]).large_bodies is large
    assert (Variable.RAW_BUCKET in verify) is large
    assert ("large_bodies" in runner.get(Variable.SOURCE_OPTIONS, "")) is large
    assert bool(large_grants(plan.function("verify"))) is large


def taking(folder: Path, auth: dict[str, Any], **more: Any) -> PipelinePlan:
    source = {"type": "http", "path": "/orders", "auth": auth, "large_bodies": True, **more}
    return plan_pipeline(declare(folder, source=source, tenant=None, idempotency={"key": ["body.order_id"]}))


@pytest.mark.parametrize("auth", TAKEN, ids=lambda auth: str(auth["type"]))
def test_behind_a_gateway_that_checks_a_function_takes_them(tmp_path: Path, auth: dict[str, Any]) -> None:
    plan = taking(tmp_path, auth)
    take = plan.function("take")
    assert plan.routes[0].function == "take"
    assert plan.routes[0].queue is None
    granted = {grant.sid: grant.actions for grant in take.grants}
    assert granted.keys() - {"Logs", "Traces"} == {"Enqueue", "LargeBodies"}
    assert (granted["Enqueue"], granted["LargeBodies"]) == (("sqs:SendMessage",), ("s3:PutObject",))
    assert large_grants(take)[0][1] == large_grants(plan.function("land_order"))[0][1]
    values = {variable.name: variable.value for variable in take.environment}
    claims = ("sub", "azp") if auth["type"] == "jwt" else ()
    assert IntakeSettings.from_json(values[Variable.INTAKE]) == IntakeSettings(claims=claims)
    assert "signature" not in mermaid(plan)
    assert "large bodies" in mermaid(plan)


def test_its_limit_is_the_declared_one_and_its_use_is_priced(tmp_path: Path) -> None:
    plan = taking(tmp_path, {"type": "iam"}, max_body="2MB")
    values = {variable.name: variable.value for variable in plan.function("take").environment}
    assert IntakeSettings.from_json(values[Variable.INTAKE]).max_body == 2_000_000
    meters = [driver.meter for driver in plan.cost_drivers if driver.needed_by == "source.large_bodies"]
    assert meters == ["lambda-request", "lambda-gb-second"]


@pytest.mark.parametrize("source", [{"auth": {"type": "api_key"}}, {"auth": {"type": "iam"}, "mode": "sync"}])
def test_where_no_function_can_stand_they_are_refused(tmp_path: Path, source: dict[str, Any]) -> None:
    faults = from_fields(
        tmp_path,
        source={"type": "http", "path": "/orders", "large_bodies": True, **source},
        tenant=None,
        idempotency={"key": ["body.order_id"]},
    )
    assert ("large-body-unkept", "source.large_bodies") in [(fault.code, fault.path) for fault in faults]
