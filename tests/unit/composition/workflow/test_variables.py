"""Expressions in inner scopes: their texts stay, and what they read is bound to what has it there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.composition.workflow.variables import bound
from constructs_lib.model.jsonata_engine import jsonata_engine
from tests.workflows import Stage, declare_workflow, failing, task

if TYPE_CHECKING:
    from pathlib import Path

VALUE = {"cause": 'a "$error', "many": [1, 2], "one": [5], "none": [], "absent": None}
EXPRESSIONS = (
    "$error",
    "$error.undefined",
    "[$error.undefined]",
    "$error.absent",
    "$error.many",
    "$error.many[$ > 9]",
    "$error.one",
    "$error.one[]",
    "$error.none",
    "$error.many ~> $sum",
    "$map($error.many, function($error) { $error + 1 })",
    "($error := 1; $error)",
    "'$error' & \"$error\" & $error.cause",
    """$contains($error.cause, /"\\$error/)""",
    """[$contains($error.cause, /["']/), $error.cause, '"']""",
    "/* $error */ $error.cause",
)
ITEMS = {"type": "map", "name": "rows", "mode": "distributed", "items": [1], "max_items": 3, "max_concurrency": 1}
CAUGHT = {"catch": [{"errors": ["States.ALL"], "next": "after"}], "end": True}


def evaluated(expression: str, **variables: Any) -> str:
    parsed = jsonata_engine()(expression[2:-2])
    frame = parsed.create_frame()
    for name, value in variables.items():
        frame.bind(name, value)
    return repr(parsed.evaluate(None, frame))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_an_expression_means_the_same_where_its_variable_has_another_name(expression: str) -> None:
    there = bound(f"{{% {expression} %}}", {"error": "$Error_x"})
    assert evaluated(there, Error_x=VALUE) == evaluated(f"{{% {expression} %}}", error=VALUE)


@pytest.mark.parametrize("text", ["{% '$error' %}", "{% ($error := 1; $error) %}", "{% $item %}", "$error", 7])
def test_what_reads_nothing_that_is_elsewhere_stays_as_it_is(text: Any) -> None:
    assert bound([text, {"in": text}], {"error": "$Error_x", "item": "$item"}) == [text, {"in": text}]


def test_a_branch_reads_its_own_error_and_that_around_it(tmp_path: Path) -> None:
    read = task("after", input="{% $match($error.cause, /\"|told/).match & '$error' & $error.step %}")
    branch = [task("fails", **CAUGHT), read]
    both = {"type": "parallel", "name": "both", "branches": {"one": branch, "two": [task("other", input=1)]}}
    stage = Stage(declare_workflow(tmp_path, both), fails=failing("Declined"))
    assert stage.run({}).output["one"] == "told$errorfails"


@pytest.mark.parametrize("within", [False, True])
def test_an_item_of_its_own_execution_is_handed_the_error_around_its_map(tmp_path: Path, within: bool) -> None:
    rows = {**ITEMS, "steps": [task("row", input="{% $error.cause & $record.body.n %}")]}
    after = {"type": "parallel", "name": "after", "branches": {"one": [rows], "two": [task("other", input=1)]}}
    last = after if within else {**rows, "name": "after"}
    stage = Stage(declare_workflow(tmp_path, task("fails", **CAUGHT), last), fails=failing("Declined"))
    output = stage.run({"n": 4}).output
    assert (output["one"] if within else output) == ["told4"]


def test_an_item_is_handed_nothing_that_its_own_steps_make(tmp_path: Path) -> None:
    rows = {**ITEMS, "steps": [task("fails", **CAUGHT), task("after", input="{% $error.step %}")]}
    stage = Stage(declare_workflow(tmp_path, task("first"), rows), fails=failing("Declined"))
    assert stage.run({}).output == ["fails"]
    (handed,) = (state for state in stage.states.machines[stage.machine]["States"].values() if "ItemSelector" in state)
    assert set(handed["ItemSelector"]) == {"item", "index", "run", "record"}
