"""What expressions may read where: results that are there on every path, and the way out where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.declaration.bad_workflows import LISTED, PARALLEL, READ, choice, task, wait
from tests.unit.declaration.workflow.judged import faults, found

if TYPE_CHECKING:
    from pathlib import Path

ALL = {"errors": ["States.ALL"]}
BUCKET = {"type": "bucket", "name": "files"}


def reading(name: str, expression: str, **fields: Any) -> dict[str, Any]:
    return task(name, input=f"{{% {expression} %}}", **fields)


@pytest.mark.parametrize(
    "given",
    [
        [reading("one", "$record.body.total * 2")],
        [reading("one", "$record.path.shop_id & $run.tenant")],
        [task(), reading("two", "$one.any.field")],
        [PARALLEL, reading("two", "$both.left.x + $both.right")],
        [{**LISTED, "steps": [reading("two", "$item.x + $index")]}, reading("three", "$count($lines)")],
        [task(catch=[{**ALL, "next": "two"}], end=True), reading("two", "$error.error & $error.cause")],
        [task(critical=False), reading("two", "$one = null ? $warnings[0].error : $one")],
        [reading("one", "$sum([1, 2]) ~> $string() ~> $uppercase")],
        [reading("one", "$hash($uuid() & $error('no'), 'MD5')")],
        [task(undo={"handler": "handlers.steps:refund_card", "input": "{% $one.payment %}"})],
        [{"type": "fail", "name": "one", "error": "Mine", "cause": "{% 'total ' & $record.body.total %}"}],
        [task(), {**LISTED, "items": "{% $one.list %}", "steps": [reading("two", "$one.x & $item")]}],
    ],
)
def test_what_is_known_can_be_read(tmp_path: Path, given: list[dict[str, Any]]) -> None:
    assert found(tmp_path, *given) == set()


@pytest.mark.parametrize(
    ("given", "told", "way_out"),
    [
        ([reading("one", "$two"), task("two")], "variable-not-set", "run two before"),
        ([reading("one", "$one.x")], "variable-not-set", "runs before"),
        ([wait(duration="1m"), reading("two", "$pause")], "variable-not-set", "a step that acts"),
        ([PARALLEL, reading("two", "$inner")], "variable-out-of-scope", "$both.left"),
        (
            [{**LISTED, "steps": [task("inner")]}, reading("two", "$inner")],
            "variable-out-of-scope",
            "list of the items' results: $lines",
        ),
        ([reading("one", "$item.x")], "variable-not-set", "$item and $index"),
        ([task(), reading("two", "$error.cause")], "variable-not-set", "a catch leads to"),
        ([task("charge"), reading("two", "$chrage.id")], "variable-unknown", "did you mean $charge?"),
        ([reading("one", "$record.pth.shop_id")], "variable-field-unknown", "did you mean $record.path?"),
        ([reading("one", "$record.total")], "variable-field-unknown", "did you mean $record.body.total?"),
        ([reading("one", "$uppercas('x')")], "function-unknown", "did you mean $uppercase?"),
        ([reading("one", "$eval('1')")], "function-unknown", "in a task"),
        ([reading("one", "total > 5")], "expression-without-variable", "$record.body.total"),
        ([task(input="no {% $record %}")], "expression-in-text", "whole text"),
        ([reading("one", "$record.body[")], "jsonata-wrong", "correct it"),
    ],
)
def test_what_is_not_known_says_the_way_out(
    tmp_path: Path, given: list[dict[str, Any]], told: str, way_out: str
) -> None:
    (fault,) = faults(tmp_path, *given)
    assert fault.code == told
    assert way_out in fault.fix
    assert fault.path.endswith(".input")


def test_after_a_catch_the_step_that_failed_has_no_result(tmp_path: Path) -> None:
    given = (task(catch=[{**ALL, "next": "two"}]), reading("two", "$one"))
    assert found(tmp_path, *given) == {"variable-not-set [1].input"}


def test_only_what_both_ways_of_a_choice_have_passed_is_known(tmp_path: Path) -> None:
    given = (choice("two", "three"), task("two"), reading("three", "$two"))
    assert found(tmp_path, *given) == {"variable-not-set [2].input"}
    assert found(tmp_path, choice("two", "two"), task("two"), reading("three", "$two")) == set()


def test_batches_have_items_and_no_item(tmp_path: Path) -> None:
    batched = {**READ, "batch_size": 5}
    assert found(tmp_path, {**batched, "steps": [reading("two", "$items[0]")]}, stores=[BUCKET]) == set()
    told = found(tmp_path, {**batched, "steps": [reading("two", "$item")]}, stores=[BUCKET])
    assert told == {"variable-not-set [0].steps[0].input"}


def test_every_place_that_may_be_computed_is_judged(tmp_path: Path) -> None:
    undo = {"handler": "handlers.steps:refund_card", "input": {"a": "{% $a %}"}}
    given = (task(input={"list": ["{% $b %}"]}, undo=undo), wait(seconds="{% $c %}"))
    assert found(tmp_path, *given) == {
        "variable-unknown [0].input.list[0]",
        "variable-unknown [0].undo.input.a",
        "variable-unknown [1].seconds",
    }
