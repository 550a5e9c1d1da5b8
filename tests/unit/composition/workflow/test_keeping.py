"""What a step has done is known for as long as its run can go on or be redriven, and the values behind it with it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.checks.workflow.times import LONGEST
from constructs_lib.model.timings import step_claim_ttl
from functions.contract.workflow import REDRIVE_DAYS, VALUES_DAYS
from tests.declarations import declare
from tests.workflows import declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

RESULTS = timedelta(days=VALUES_DAYS)
REDRIVE = timedelta(days=REDRIVE_DAYS)


def kept(folder: Path, timeout: str, **changes: Any) -> dict[str, timedelta]:
    """Return how long each function of a workflow remembers what it has done."""
    steps = [task("pay", undo=undo())]
    declare_workflow(folder, *steps)
    workflow = {"type": "standard", "timeout": timeout, "steps": steps}
    source = {"source": {"type": "queue"}, "tenant": {"id": "shop"}}
    identity = {"idempotency": {"key": ["body.order_id"], **changes}}
    plan = plan_pipeline(declare(folder, runner=None, workflow=workflow, **source, **identity))
    found = {one.id: {each.name: each.value for each in one.environment} for one in plan.functions}
    return {
        id: timedelta(seconds=json.loads(environment["PIPELINE_IDEMPOTENCY"])["ttl_seconds"])
        for id, environment in found.items()
    }


@pytest.mark.parametrize("days", [1, 30, 365])
def test_a_step_is_known_until_its_run_can_no_more_be_redriven_and_a_record_as_ever(tmp_path: Path, days: int) -> None:
    found = kept(tmp_path, f"{days}d")
    assert found["pay"] == found["pay_undo"] == timedelta(days=days) + REDRIVE
    assert found["start_workflow"] == kept(tmp_path, "1h")["start_workflow"] < REDRIVE


def test_a_longer_memory_of_records_is_one_of_steps_too_but_not_without_their_values(tmp_path: Path) -> None:
    assert kept(tmp_path, "1h", ttl="200d")["pay"] == timedelta(days=200)
    assert kept(tmp_path, "1h", ttl="900d")["pay"] == RESULTS


@given(st.timedeltas(timedelta(), LONGEST["standard"]), st.timedeltas(timedelta(), timedelta(days=4000)))
def test_no_workflow_is_so_long_that_a_redrive_finds_results_or_values_gone(timeout: timedelta, ttl: timedelta) -> None:
    assert timeout + REDRIVE <= step_claim_ttl(ttl, timeout) <= RESULTS
