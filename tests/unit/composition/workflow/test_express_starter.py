"""The function that awaits express workflows has the time for it, one record after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.errors import DeclarationError
from tests.workflows import declare_workflow, task

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.model.plan import PipelinePlan

SYNC = {"type": "http", "path": "/orders", "auth": {"type": "iam"}, "mode": "sync"}


def planned(folder: Path, type: str = "express", **changes: Any) -> PipelinePlan:
    return plan_pipeline(declare_workflow(folder, task("pay"), type=type, **changes))


def test_it_outlasts_the_workflow_and_takes_one_record_at_a_time(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    (mapping,) = plan.mappings
    assert (plan.functions[0].timeout > 310, mapping.batch_size) == (True, 1)
    assert plan.queues[0].visibility_timeout >= plan.functions[0].timeout


def test_a_batch_that_is_declared_stays(tmp_path: Path) -> None:
    assert planned(tmp_path, queue={"batch_size": 4}).mappings[0].batch_size == 4


def test_a_standard_workflow_is_not_awaited(tmp_path: Path) -> None:
    plan = planned(tmp_path, type="standard")
    assert (plan.functions[0].timeout < 300, plan.mappings[0].batch_size) == (True, 10)


def test_a_caller_waits_for_the_workflow_and_what_is_around_it(tmp_path: Path) -> None:
    with pytest.raises(DeclarationError, match="timeout-outlasts-caller"):
        planned(tmp_path, source=SYNC)
