"""What comes of an expression that fails where Amazon States Language has no ``Catch``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.workflows import Stage, declare_workflow, task, undo

if TYPE_CHECKING:
    from pathlib import Path

WRONG = "{% $number($record.body) %}"
ENDS: dict[str, dict[str, Any]] = {
    "choice": {"type": "choice", "cases": [{"when": "{% $record.body %}", "next": "last"}], "default": "last"},
    "count": {"type": "wait", "seconds": WRONG},
    "half": {"type": "wait", "seconds": "{% 0.5 %}"},
    "time": {"type": "wait", "until": "{% $record.body %}"},
    "good": {"type": "succeed", "output": {"of": WRONG}},
    "bad": {"type": "fail", "error": "TooBad", "cause": WRONG},
}
EVALUATION = "States.QueryEvaluationError"


def steps(kind: str) -> list[dict[str, Any]]:
    last = [task("last")] if kind in ("choice", "count", "half", "time") else []
    return [{"name": "wrong", **ENDS[kind]}, *last]


@pytest.mark.parametrize("kind", ENDS)
def test_what_was_done_is_undone_and_the_letter_is_written(kind: str, tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("pay", undo=undo()), *steps(kind)))
    assert stage.run("no number").error == EVALUATION
    assert (stage.called, stage.told, len(stage.letters)) == (["pay", "pay_undo"], ["dead_lettered"], 1)


@pytest.mark.parametrize("kind", ENDS)
def test_without_anything_to_undo_the_execution_ends_for_close_run_to_tell(kind: str, tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("pay"), *steps(kind)))
    ended = stage.run("no number")
    assert (ended.status, stage.told, stage.letters) == ("FAILED", [], [])


@pytest.mark.parametrize("kind", ENDS)
def test_an_item_of_its_own_execution_has_its_letter(kind: str, tmp_path: Path) -> None:
    rows = {"type": "map", "name": "rows", "mode": "distributed", "items": "{% [1] %}", "max_items": 9}
    rows |= {"max_concurrency": 1, "tolerated_failures": "100%", "steps": steps(kind)}
    stage = Stage(declare_workflow(tmp_path, rows))
    assert stage.run("no number").status == "SUCCEEDED"
    assert (stage.told, len(stage.letters)) == (["dead_lettered", "succeeded"], 1)


@pytest.mark.parametrize("kind", ENDS)
def test_a_branch_that_can_be_undone_tells_what_it_had_done(kind: str, tmp_path: Path) -> None:
    branches = {"a": [task("pay", undo=undo()), *steps(kind)], "b": [task("pick", undo=undo())]}
    stage = Stage(declare_workflow(tmp_path, {"type": "parallel", "name": "both", "branches": branches}))
    assert stage.run("no number").error == EVALUATION
    assert sorted(stage.called) == ["pay", "pay_undo", "pick", "pick_undo"]


def test_what_cannot_be_given_to_an_undo_is_told_and_the_rest_is_undone(tmp_path: Path) -> None:
    lost = task("charge", undo=undo(input={"of": "{% $charge.id %}"}))
    stage = Stage(declare_workflow(tmp_path, task("reserve", undo=undo()), lost, task("ship")))
    assert (stage.run("order").error, stage.called) == ("UndoFailed", ["reserve", "charge", "reserve_undo"])
    assert stage.entries[-1]["error_message"].startswith(f"charge not undone after {EVALUATION}")


def test_computed_waits_and_choices_do_what_they_say_beside_an_undo(tmp_path: Path) -> None:
    wait = {"type": "wait", "name": "pause", "seconds": "{% $record.body.n %}"}
    until = {"type": "wait", "name": "until", "until": "{% $fromMillis($millis() + 60000) %}"}
    cases = [
        {"when": f"{{% $record.body.n {sign} 3 %}}", "next": name} for sign, name in (("<", "less"), (">", "more"))
    ]
    choice = {"type": "choice", "name": "way", "cases": cases, "default": "same"}
    ends = [{"type": "succeed", "name": name, "output": f"{{% '{name}' %}}"} for name in ("less", "more", "same")]
    declaration = declare_workflow(tmp_path, task("pay", undo=undo()), wait, until, choice, *ends)
    for n, expected in ((1, "less"), (5, "more"), (3, "same")):
        ended = Stage(declaration).run({"n": n})
        assert (ended.output, ended.elapsed) == (expected, 60 + n)
