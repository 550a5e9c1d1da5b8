"""What a workflow or workers would break at deployment is refused before it, at the step or the worker to rename."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition import plan_pipeline
from constructs_lib.composition.bounds import name_faults
from constructs_lib.composition.workflow.bounds import LONGEST_DEFINITION, definition_faults
from constructs_lib.errors import PlanError
from tests.declarations import declare, write_project
from tests.workflows import declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.errors import Fault
    from constructs_lib.model.plan import PipelinePlan

PIPELINE = "a-name-of-20-letters"
LONGEST = 64 - len(f"{PIPELINE}-dev-")


def planned(folder: Path, *steps: dict[str, Any], **changes: Any) -> PipelinePlan:
    return plan_pipeline(declare_workflow(folder, *steps, **changes))


def refused(folder: Path, *steps: dict[str, Any], **changes: Any) -> tuple[Fault, ...]:
    with pytest.raises(PlanError) as caught:
        planned(folder, *steps, **changes)
    return caught.value.faults


def changed(plan: PipelinePlan, **changes: str) -> PipelinePlan:
    assert plan.state_machine is not None
    return plan.model_copy(update={"state_machine": plan.state_machine.model_copy(update=changes)})


@pytest.mark.parametrize("name", ["pay_undo", "pay_live", "buffer", "start_workflow"])
def test_a_step_whose_function_has_the_id_of_another_part_is_to_be_renamed(tmp_path: Path, name: str) -> None:
    (fault,) = refused(tmp_path, task("pay", undo=undo()), task(name))
    assert (fault.code, fault.path) == ("function-id-taken", "workflow.steps[1].name")
    assert "name" in fault.fix
    planned(tmp_path, task("pay"), task("pay_undo"))


def test_a_step_whose_functions_name_is_too_long_is_named_at_its_place(tmp_path: Path) -> None:
    fits = "f" * LONGEST
    inside = {"type": "parallel", "name": "both", "branches": {"a": [task(f"{fits}f")], "b": [task(fits)]}}
    (fault,) = refused(tmp_path, inside, pipeline=PIPELINE)
    assert (fault.code, fault.path) == ("name-too-long", "workflow.steps[0].branches.a[0].name")
    (late,) = refused(tmp_path, task(fits, undo=undo()), pipeline=PIPELINE)
    assert (late.path, "_undo" in late.found) == ("workflow.steps[0].name", True)


def test_a_worker_whose_function_has_the_id_of_another_part_is_to_be_renamed(tmp_path: Path) -> None:
    write_project(tmp_path)
    handler = {"handler": "handlers.orders:land_order", "max_concurrency": 5}
    workers = [{"name": name, **handler} for name in ("audit", "share-out")]
    with pytest.raises(PlanError) as caught:
        plan_pipeline(declare(tmp_path, runner=None, fan_out={"via": "topic", "workers": workers}))
    (fault,) = caught.value.faults
    assert (fault.code, fault.path) == ("function-id-taken", "fan_out.workers[1].name")


def test_the_name_of_a_state_machine_is_measured(tmp_path: Path) -> None:
    plan = planned(tmp_path, task("pay"))
    assert list(name_faults(changed(plan, name="m" * 80))) == []
    (fault,) = name_faults(changed(plan, name="m" * 81))
    assert "the state machine" in fault.found


def test_a_definition_fills_what_aws_takes_and_no_more_with_the_arns_of_its_functions(tmp_path: Path) -> None:
    plan = planned(tmp_path, task("pay"))
    place = "${Version.pay}"
    arn = len("arn:aws:lambda:ap-southeast-1:111111111111:function:shop-orders-dev-pay:99999")
    fits = "x" * (LONGEST_DEFINITION - arn - len('""'))
    assert list(definition_faults(changed(plan, definition=place + fits))) == []
    (fault,) = definition_faults(changed(plan, definition=f"{place}{fits}x"))
    assert (fault.code, fault.path) == ("definition-too-large", "workflow.steps")
    assert "type workflow" in fault.fix


def test_a_workflow_that_is_too_large_is_not_planned(tmp_path: Path) -> None:
    steps = [task(f"step_{i}", input={"text": "x" * 150_000}) for i in range(7)]
    assert [fault.code for fault in refused(tmp_path, *steps)] == ["definition-too-large"]
    planned(tmp_path, *steps[:6])
