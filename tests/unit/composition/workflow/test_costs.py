"""What a workflow is said to cost is what a run of it takes, worked out by hand and counted in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.cost import price
from tests.workflows import Stage, declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

CHOICE = {"type": "choice", "name": "big", "cases": [{"when": "{% true %}", "next": "last"}], "default": "last"}
PAUSE = {"type": "wait", "name": "pause", "seconds": "{% 1 + 1 %}"}
LINES = {"type": "map", "name": "lines", "items": "{% [1, 2, 3] %}", "max_items": 3, "max_concurrency": 1}
SHAPES: dict[str, tuple[float, tuple[dict[str, Any], ...]]] = {
    "two tasks between begin, end and succeeded": (5, (task("one"), task("two"))),
    "tasks that are tried again": (4, (task("one", retry={"max_attempts": 9}),)),
    "a choice and a wait": (6, (PAUSE, CHOICE, task("last"))),
    "both computed where something can be undone": (11, (task("pay", undo=undo()), PAUSE, CHOICE, task("last"))),
    "a map whose three items begin and act": (14, ({**LINES, "steps": [task("line")]},)),
}


def per_event(folder: Path, *steps: dict[str, Any], **changes: Any) -> dict[str, float]:
    drivers = plan_pipeline(declare_workflow(folder, *steps, **changes)).cost_drivers
    return {one.meter: one.quantity_per_event for one in drivers if one.needed_by == "workflow"}


@pytest.mark.parametrize("shape", SHAPES)
def test_transitions_are_the_states_that_a_good_run_enters(shape: str, tmp_path: Path) -> None:
    by_hand, steps = SHAPES[shape]
    stage = Stage(declare_workflow(tmp_path, *steps))
    assert stage.run({}).status == "SUCCEEDED"
    assert (len(stage.states.entered()), per_event(tmp_path, *steps)["state-transition"]) == (by_hand, by_hand)


def test_a_thousand_runs_cost_what_the_price_list_says_of_their_states(tmp_path: Path) -> None:
    plan = plan_pipeline(declare_workflow(tmp_path, task("one"), task("two")))
    lines = {line.meter: line for line in price(plan, load_catalog(), 1000).lines}
    assert lines["state-transition"].quantity == 5000
    assert lines["state-transition"].usd == pytest.approx(0.125)


def test_functions_and_entries_cost_for_each_item(tmp_path: Path) -> None:
    found = per_event(tmp_path, task("one"), {**LINES, "steps": [task("line")]})
    assert (found["lambda-request"], found["dynamodb-write"]) == (4, 13)


def test_another_workflow_costs_two_transitions_and_its_entry(tmp_path: Path) -> None:
    below = {"type": "workflow", "name": "bill", "pipeline": "invoices", "timeout": "5m"}
    assert per_event(tmp_path, below) == {"state-transition": 5, "dynamodb-write": 2}


def test_an_express_run_costs_its_request_and_its_time(tmp_path: Path) -> None:
    found = per_event(tmp_path, task("one"), type="express")
    assert (found["express-request"], found["express-gb-second"], "state-transition" in found) == (1, 0.0625, False)
