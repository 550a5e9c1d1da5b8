"""A step that runs another workflow tells the ledger of it first; a function that awaits one has its time besides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.workflow import below_run_id
from tests.workflows import Stage, declare_workflow, task

if TYPE_CHECKING:
    from pathlib import Path

BILL = {"type": "workflow", "name": "bill", "pipeline": "invoices", "timeout": "5m", "retry": {"max_attempts": 1}}


def test_the_other_pipelines_ledger_names_the_run_and_the_step_before_it_starts(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, BILL))
    invoices = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:invoices-dev-workflow:live"
    stage.states.machines[invoices] = {"StartAt": "done", "States": {"done": {"Type": "Succeed"}}}
    assert stage.run({"order_id": "7"}).error is None
    assert stage.told == ["started", "succeeded"]
    item = stage.entries[0]
    kept = {name: item[name] for name in ("pk", "sk", "entry", "expires_at", "parent_run_id")}
    entry = LedgerEntry.from_item(kept)
    assert (entry.pipeline, entry.status, entry.step) == ("invoices", Status.STARTED, "bill")
    assert (entry.run_id, entry.parent_run_id) == (below_run_id(entry.run_token), "message.1")
    assert (entry.attempt, entry.duration_ms) == (1, 0)
    assert (entry.contract_id, entry.previous_hash) == (None, None)


@pytest.mark.parametrize(
    ("changes", "seconds"),
    [
        ({"type": "standard"}, 30),
        ({"type": "express"}, 330),
    ],
)
def test_who_awaits_a_workflow_has_its_time_besides_that_of_the_size(
    tmp_path: Path, changes: dict[str, Any], seconds: int
) -> None:
    plan = plan_pipeline(declare_workflow(tmp_path, task("only"), **changes))
    assert plan.function(plan.runner).timeout == seconds
