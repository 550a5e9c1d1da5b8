"""What functions are told of tenants: the share and the patience follow from the declaration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.patterns.dashboard import dashboard
from functions.contract.environment import TenantSettings, Variable
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path


def told(folder: Path, **changes: Any) -> dict[str, TenantSettings]:
    """Return the settings of tenants by the function that is told them."""
    return {
        function.id: TenantSettings.from_json(variable.value)
        for function in plan_pipeline(declare(folder, **changes)).functions
        for variable in function.environment
        if variable.name == Variable.TENANT
    }


def test_the_verifying_function_knows_where_requests_name_their_tenant_and_the_runner_what_one_may_have(
    tmp_path: Path,
) -> None:
    assert told(tmp_path) == {
        "land_order": TenantSettings(key="path.shop_id", max_share=25),
        "verify": TenantSettings(key="path.shop_id", max_share=25),
    }


def test_with_one_tenant_nobody_is_held_back_and_nothing_is_grouped(tmp_path: Path) -> None:
    assert told(tmp_path, tenant={"id": "one"}) == {"land_order": TenantSettings(id="one", max_share=100)}


@pytest.mark.parametrize(("window", "patience"), [("0s", 5), ("20s", 25)])
def test_nobody_is_held_back_for_a_wait_that_the_batching_window_explains(
    tmp_path: Path, window: str, patience: int
) -> None:
    settings = told(tmp_path, queue={"max_batching_window": window})
    assert settings["land_order"].patience_seconds == patience


@pytest.mark.parametrize(("tenant", "shown"), [({"key": "path.shop_id"}, True), ({"id": "one"}, False)])
def test_the_dashboard_shows_noisy_groups_where_messages_are_grouped(
    tmp_path: Path, tenant: dict[str, str], shown: bool
) -> None:
    body = dashboard(plan_pipeline(declare(tmp_path, tenant=tenant)))["Properties"]["DashboardBody"]["Fn::Sub"]
    assert ("ApproximateNumberOfNoisyGroups" in body) is shown
