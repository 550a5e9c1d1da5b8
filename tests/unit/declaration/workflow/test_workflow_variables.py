"""What a step can rely on: the results of those that every path has passed."""

from __future__ import annotations

from typing import Any

from constructs_lib.declaration.workflow_variables import ALWAYS, available, free_variables, inside, reached
from tests.unit.workflow_states.made import HANDLER, step


def steps(*given: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(step(**fields) for fields in given)


def task(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "task", "name": name, "handler": HANDLER, **fields}


def choice(name: str, to: str, default: str) -> dict[str, Any]:
    return {"type": "choice", "name": name, "cases": [{"when": "{% true %}", "next": to}], "default": default}


def known(*given: dict[str, Any]) -> list[set[str]]:
    return [set(names - ALWAYS) for names in available(steps(*given))]


def test_what_has_run_before_is_known() -> None:
    assert known(task("a"), task("b"), task("c")) == [set(), {"a"}, {"a", "b"}]


def test_after_a_choice_only_what_both_ways_have_passed_is_known() -> None:
    given = (task("a"), choice("which", "b", "c"), task("b", next="d"), task("c"), task("d"))
    assert known(*given) == [set(), {"a"}, {"a"}, {"a"}, {"a"}]


def test_where_a_catch_leads_the_error_is_known_and_the_result_of_the_failed_step_is_not() -> None:
    caught = task("a", catch=[{"errors": ["States.ALL"], "next": "c"}])
    assert known(caught, task("b", end=True), task("c")) == [set(), {"a"}, {"error"}]
    assert known(caught, task("b"), task("c")) == [set(), {"a"}, set()]


def test_a_loop_brings_back_what_every_round_has() -> None:
    given = (task("a"), task("b"), choice("again", "b", "done"), {"type": "succeed", "name": "done"})
    assert known(*given) == [set(), {"a"}, {"a", "b"}, {"a", "b"}]


def test_a_wait_leaves_nothing() -> None:
    assert known({"type": "wait", "name": "a", "duration": "1m"}, task("b")) == [set(), set()]


def test_a_step_that_no_way_leads_to_has_everything() -> None:
    given = steps(task("a", end=True), task("b"), task("c"))
    assert reached(given) == {0}
    assert available(given)[2] >= {"a", "b"}


def test_the_steps_of_an_item_have_the_item_of_their_own_map() -> None:
    fields = {"type": "map", "items": [], "max_items": 1, "max_concurrency": 1, "steps": [task("a")]}
    assert inside(step(**fields), ALWAYS) - ALWAYS == {"item", "index"}
    batched = step(**fields, mode="distributed", batch_size=2)
    assert inside(batched, ALWAYS | {"item", "index"}) - ALWAYS == {"items"}
    assert inside(step(**task("a")), ALWAYS) == ALWAYS


def test_what_steps_take_from_around_them_is_what_they_do_not_make_themselves() -> None:
    inner = task("deep", input={"a": "{% $item.x + $outside %}", "b": "{% $here %}"})
    nested = {"type": "map", "name": "lines", "items": "{% $list %}", "max_items": 1, "max_concurrency": 1}
    given = steps(task("here", input="{% $string($record.body) & $index %}"), {**nested, "steps": [inner]})
    assert free_variables(given) == {"record", "list", "outside", "index"}
