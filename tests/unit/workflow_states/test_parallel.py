"""A parallel: its branches are lists of steps of their own."""

from __future__ import annotations

from tests.unit.workflow_states.made import HANDLER, step


def test_each_branch_is_a_list_of_steps_at_a_place_of_its_own() -> None:
    inner = [{"type": "task", "name": "two", "handler": HANDLER}]
    parallel = step(type="parallel", branches={"left": inner, "right": [{"type": "succeed", "name": "three"}]})
    assert {place: [one.name for one in steps] for place, steps in parallel.scopes().items()} == {
        "branches.left": ["two"],
        "branches.right": ["three"],
    }
    assert parallel.has_result()


def test_branches_are_not_repeated_as_a_whole_unless_that_is_asked_for() -> None:
    one = [{"type": "succeed", "name": "two"}]
    assert step(type="parallel", branches={"a": one, "b": one}).model_dump()["retry"]["max_attempts"] == 1
