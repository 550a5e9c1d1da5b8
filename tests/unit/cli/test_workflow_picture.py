"""The picture of a workflow shows every step and every way on, and no text of a declaration breaks it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.cli._diagram_labels import label
from constructs_lib.cli._diagram_workflow import workflow_picture
from constructs_lib.cli._plan_steps import step_rows
from constructs_lib.cli._reference.example_page import Example, workflow_pictures
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.workflow import Workflow
from tests.declarations import declare

if TYPE_CHECKING:
    from pathlib import Path


def task(name: str, **fields: Any) -> dict[str, Any]:
    return {"type": "task", "name": name, "handler": f"handlers.orders:{name}", **fields}


STEPS: list[dict[str, Any]] = [
    task("reserve", undo={"handler": "handlers.orders:release"}),
    {
        "type": "choice",
        "name": "size",
        "cases": [{"when": '{% $record.body.total > 100 and $record.body.a = "b" %}', "next": "gate"}],
        "default": "pay",
    },
    {"type": "approval", "name": "gate", "message": "go?", "timeout": "24h"},
    task("pay", catch=[{"errors": ["CardRefused", "States.Timeout"], "next": "over"}]),
    {"type": "parallel", "name": "both", "branches": {"left": [task("pack")], "right": [task("bill")]}},
    {
        "type": "map",
        "name": "each",
        "items": "{% $record.body.lines %}",
        "max_concurrency": 5,
        "max_items": 9,
        "steps": [task("line"), task("count")],
    },
    task("mail", critical=False),
    task("note", end=True),
    {"type": "fail", "name": "over", "error": "Cancelled"},
]
WORKFLOW = Workflow.model_validate({"timeout": "1h", "steps": STEPS})
EDGE = re.compile(r'^ *(\w+) -\.?->(?:\|"([^"]*)"\|)? (\w+)$', re.MULTILINE)
NODE = re.compile(r"^ *(?:subgraph )?(\w+)(?=[\[({>])", re.MULTILINE)


def edges() -> set[tuple[str, str, str]]:
    return {(one, word, other) for one, word, other in EDGE.findall(workflow_picture(WORKFLOW))}


def test_the_steps_of_a_list_follow_each_other_from_the_record_to_the_end() -> None:
    plain = {(one, other) for one, word, other in edges() if not word}
    assert plain == {
        ("begin", "step_reserve"),
        ("step_reserve", "step_size"),
        ("step_gate", "step_pay"),
        ("step_pay", "step_both"),
        ("step_both", "step_each"),
        ("step_each", "step_mail"),
        ("step_mail", "step_note"),
        ("step_note", "done"),
        ("step_line", "step_count"),
    }


def test_conditions_errors_warnings_and_undoing_stand_on_their_arrows() -> None:
    said = {(one, word, other) for one, word, other in edges() if word}
    assert said == {
        ("step_size", "$record.body.total &gt; 100 and $record.body.a = &quot;b&quot;", "step_gate"),
        ("step_size", "otherwise", "step_pay"),
        ("step_pay", "CardRefused, States.Timeout", "step_over"),
        ("step_mail", "fails: warned, goes on", "step_note"),
        ("step_reserve", "a later step fails", "undo_reserve"),
    }


def test_everything_that_an_arrow_names_is_drawn_and_frames_are_closed() -> None:
    text = workflow_picture(WORKFLOW)
    named = {name for one, _, other in edges() for name in (one, other)}
    assert named - set(NODE.findall(text)) == set()
    assert len(re.findall(r"^ *subgraph ", text, re.MULTILINE)) == len(re.findall(r"^ *end$", text, re.MULTILINE)) == 5


def test_a_workflow_that_only_fails_has_no_good_end() -> None:
    text = workflow_picture(Workflow.model_validate({"timeout": "1h", "steps": [STEPS[-1]]}))
    assert "done" not in text
    assert "style step_over" in text


@given(st.text(max_size=200))
def test_no_text_ends_its_label_or_begins_a_word_of_mermaid(text: str) -> None:
    inside = label(text)[1:-1]
    assert not set(inside) & set('"<>#%`\\\n\r')
    assert label("a", "b") == '"a<br/>b"'


def test_the_plan_lists_each_step_with_its_limits(tmp_path: Path) -> None:
    plan = plan_pipeline(declare(tmp_path))
    rows = {name.strip(): (kind, limits) for name, kind, _, limits in step_rows(plan, WORKFLOW)}
    assert set(rows) == {*(step["name"] for step in STEPS), "left", "right", "pack", "bill", "line", "count"}
    assert rows["reserve"] == ("task", "3 attempts, undone by release, 1 run an event")
    assert rows["pay"][1] == "3 attempts, CardRefused, States.Timeout to over, 1 run an event"
    assert rows["gate"][1] == "at most 1d, 3 attempts, 1 run an event"
    assert "may fail with a warning" in rows["mail"][1]
    assert "may fail" not in rows["note"][1]


def test_the_page_of_examples_has_a_picture_of_every_workflow_and_of_nothing_else(tmp_path: Path) -> None:
    plain = declare(tmp_path)
    stepped = plain.model_copy(update={"workflow": WORKFLOW, "pipeline": "shop-fulfilment"})
    _, _, name, picture = workflow_pictures((Example("fulfilment", (plain, stepped), ""),))
    assert name == "### `shop-fulfilment` of [fulfilment](../../examples/fulfilment/README.md)"
    assert picture == f"```mermaid\n{workflow_picture(WORKFLOW)}```"
    assert list(workflow_pictures((Example("orders", (plain,), ""),))) == []
