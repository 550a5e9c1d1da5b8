"""Large bodies: exact rights to keep and to fetch them, and nothing of it where they are not declared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from constructs_lib.composition import plan_pipeline
from functions.contract.environment import Variable, WebhookSettings
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import FunctionPlan, PipelinePlan

HMAC = {"type": "hmac", "secret": "shop-webhook-key"}


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
