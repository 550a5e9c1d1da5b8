"""Where steps lead: somewhere, from somewhere, and to an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.declaration.bad_workflows import LISTED, PARALLEL, choice, task
from tests.unit.declaration.workflow.judged import faults, found

if TYPE_CHECKING:
    from pathlib import Path

DONE = {"type": "succeed", "name": "done"}
ALL = {"errors": ["States.ALL"]}


@pytest.mark.parametrize(
    "given",
    [
        [task()],
        [task(), task("two")],
        [task(next="three"), task("two", end=True), task("three", next="two")],
        [task(), choice("one", "done"), DONE],
        [choice("done", "one"), task(end=True), DONE],
        [task(catch=[{**ALL, "next": "two"}], end=True), task("two")],
        [task(), PARALLEL, LISTED, task("two")],
        [
            choice("one", "two"),
            task(end=True),
            task("two", next="again"),
            {**choice("one", "done"), "name": "again"},
            DONE,
        ],
    ],
)
def test_a_workflow_whose_ways_all_end_is_sound(tmp_path: Path, given: list[dict[str, Any]]) -> None:
    assert found(tmp_path, *given) == set()


def test_a_way_to_nowhere_suggests_the_nearest_step(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, task(next="tow"), task("two", catch=[{**ALL, "next": "one"}]))
    assert (fault.code, fault.path, fault.fix) == ("step-unknown", "workflow.steps[0].next", "did you mean two?")


def test_a_way_into_another_list_says_where_the_step_is(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, task(catch=[{**ALL, "next": "inner"}]), PARALLEL)
    assert (fault.code, fault.path) == ("step-unknown", "workflow.steps[0].catch[0].next")
    assert "workflow.steps[1].branches.left[0]" in fault.found


def test_cases_and_defaults_lead_somewhere_too(tmp_path: Path) -> None:
    assert found(tmp_path, choice("a", "b"), DONE) >= {"step-unknown [0].cases[0].next", "step-unknown [0].default"}


def test_each_step_that_no_way_leads_to_is_named(tmp_path: Path) -> None:
    given = (task(end=True), task("two"), task("three"))
    assert found(tmp_path, *given) == {"step-unreachable [1]", "step-unreachable [2]"}


def test_a_loop_that_nothing_leaves_is_named_once_with_all_its_steps(tmp_path: Path) -> None:
    (fault,) = faults(tmp_path, task(), task("two"), choice("one", "two"))
    assert (fault.code, fault.found) == ("loop-without-exit", "what comes to one, two, which never ends")


def test_a_loop_inside_a_branch_is_found(tmp_path: Path) -> None:
    branches = {"left": [task("a", next="a")], "right": [task("b")]}
    assert found(tmp_path, {**PARALLEL, "branches": branches}) == {"loop-without-exit [0].branches.left[0]"}


def test_a_step_ends_or_goes_on(tmp_path: Path) -> None:
    assert found(tmp_path, task(next="two", end=True), task("two")) >= {"end-with-next [0].next"}
    assert found(tmp_path, task(), {**DONE, "next": "one"}) == {"next-unused [1].next"}


def test_a_name_stands_once_in_the_whole_workflow(tmp_path: Path) -> None:
    assert found(tmp_path, task("inner"), PARALLEL) == {"step-twice [1].branches.left[0].name"}


def test_a_step_with_a_result_leaves_the_functions_of_jsonata_alone(tmp_path: Path) -> None:
    assert found(tmp_path, task("sum"), task("sum_up")) == {"step-name-reserved [0].name"}
    assert found(tmp_path, task(), {"type": "succeed", "name": "reverse"}) == set()
