"""A result has the room that those beside it leave; what is larger travels by reference."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.environment import Variable
from functions.contract.workflow import MAX_RESULT_BYTES, REFERENCE_BYTES, SHARED_RESULTS_BYTES
from tests.workflows import declare_workflow, task

if TYPE_CHECKING:
    from pathlib import Path

from constructs_lib.composition import plan_pipeline


def room(folder: Path, *steps: dict[str, Any]) -> int:
    function = plan_pipeline(declare_workflow(folder, *steps)).function("last")
    (settings,) = [one.value for one in function.environment if one.name == Variable.STEP]
    found = json.loads(settings)["result_bytes"]
    assert isinstance(found, int)
    return found


def items(most: int, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    listed = {"items": "{% $record.body.rows %}", "max_concurrency": 2, "max_items": most}
    return {"type": "map", "name": f"rows_{most}", **listed, "steps": list(steps), **more}


def branches(*steps: dict[str, Any]) -> dict[str, Any]:
    other = {"type": "wait", "name": "rest", "duration": "1s"}
    return {"type": "parallel", "name": "both", "branches": {"one": list(steps), "two": [other]}}


def test_a_step_that_stands_alone_has_the_most(tmp_path: Path) -> None:
    assert room(tmp_path, task("last")) == MAX_RESULT_BYTES


@pytest.mark.parametrize(("most", "expected"), [(10, MAX_RESULT_BYTES), (100, SHARED_RESULTS_BYTES // 100)])
def test_items_share_what_one_state_holds(tmp_path: Path, most: int, expected: int) -> None:
    assert room(tmp_path, items(most, task("last"))) == expected


def test_items_that_are_only_counted_share_nothing(tmp_path: Path) -> None:
    assert room(tmp_path, items(400, task("last"), collect=False)) == MAX_RESULT_BYTES


def test_branches_in_items_share_what_an_item_has(tmp_path: Path) -> None:
    assert room(tmp_path, items(50, branches(task("last")))) == SHARED_RESULTS_BYTES // 100


def test_no_result_has_less_room_than_a_reference(tmp_path: Path) -> None:
    assert room(tmp_path, items(200, branches(task("last")))) == max(REFERENCE_BYTES, SHARED_RESULTS_BYTES // 400)
