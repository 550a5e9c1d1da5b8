"""What a loop does: each visit of a step is an effect of its own, and is undone as such."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.workflow import StepFacts
from tests.workflows import Stage, declare_workflow, failing, task, undo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LINES: dict[str, Any] = {"type": "map", "name": "lines", "items": "{% [7, 8] %}", "max_items": 9, "max_concurrency": 1}


def again(of: str, below: int) -> dict[str, Any]:
    case = {"when": f"{{% ${of} < {below} %}}", "next": of}
    return {"type": "choice", "name": f"more_{of}", "cases": [case], "default": "last"}


def answering(*answers: Any) -> Callable[[Any], Any]:
    left = iter(answers)

    def function(given: Any) -> Any:
        answer = next(left)
        return answer(given) if callable(answer) else answer

    return function


def counting() -> Callable[[Any], Any]:
    return answering(*range(1, 99))


def paths(stage: Stage) -> list[str]:
    return [StepFacts(**{**given["step"], "items": tuple(given["step"]["items"])}).path for _, given in stage.calls]


def test_each_visit_of_a_loop_is_told_apart(tmp_path: Path) -> None:
    stage = Stage(declare_workflow(tmp_path, task("ask"), again("ask", 3), task("last")), ask=counting())
    stage.run()
    assert paths(stage) == ["ask", "ask@1", "ask@2", "last"]


def test_tries_of_one_visit_are_not(tmp_path: Path) -> None:
    declaration = declare_workflow(tmp_path, task("ask", retry={"max_attempts": 2}), again("ask", 3), task("last"))
    stage = Stage(declaration, ask=answering(failing("Flaky"), 1, 9))
    stage.run()
    assert paths(stage) == ["ask", "ask", "ask@1", "last"]


def test_what_a_loop_has_done_is_undone_visit_by_visit(tmp_path: Path) -> None:
    steps = [task("ask", undo=undo()), again("ask", 2), task("last")]
    stage = Stage(declare_workflow(tmp_path, *steps), ask=counting(), last=failing("Permanent"))
    stage.run()
    assert paths(stage) == ["ask", "ask@1", "last", "ask_undo@1", "ask_undo"]
    assert [given["input"] for _, given in stage.calls[3:]] == [2, 1]


def test_steps_inside_a_step_of_a_loop_are_told_apart_too(tmp_path: Path) -> None:
    each = {**LINES, "steps": [task("line", input="{% $item %}")]}
    back = {"type": "choice", "name": "more", "cases": [{"when": "{% $ask < 2 %}", "next": "ask"}], "default": "last"}
    stage = Stage(declare_workflow(tmp_path, task("ask"), each, back, task("last")), ask=counting())
    stage.run()
    assert paths(stage) == ["ask", "line[0]", "line[1]", "ask@1", "line[0]@1", "line[1]@1", "last"]


def test_so_are_items_with_executions_of_their_own(tmp_path: Path) -> None:
    each = {**LINES, "mode": "distributed", "steps": [task("line", input="{% $item %}")]}
    back = {"type": "choice", "name": "more", "cases": [{"when": "{% $ask < 2 %}", "next": "ask"}], "default": "last"}
    stage = Stage(declare_workflow(tmp_path, task("ask"), each, back, task("last")), ask=counting())
    stage.run()
    assert paths(stage) == ["ask", "line[0]", "line[1]", "ask@1", "line[0]@1", "line[1]@1", "last"]


def test_loops_inside_loops_never_come_to_the_same_visit(tmp_path: Path) -> None:
    inner_back = {"type": "choice", "name": "b", "cases": [{"when": "{% $deep < 2 %}", "next": "deep"}]}
    inner = [task("deep"), {**inner_back, "default": "out"}, {"type": "succeed", "name": "out"}]
    each = {**LINES, "items": "{% [0] %}", "steps": inner}
    back = {"type": "choice", "name": "more", "cases": [{"when": "{% $ask < 2 %}", "next": "ask"}], "default": "last"}
    declaration = declare_workflow(tmp_path, task("ask"), each, back, task("last"))
    stage = Stage(declaration, ask=counting(), deep=answering(1, 2, 1, 2))
    stage.run()
    assert len(set(paths(stage))) == len(stage.calls) == 7
