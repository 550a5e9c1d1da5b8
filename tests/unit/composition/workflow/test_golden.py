"""The definition of one workflow of each shape stays as it is, and cfn-lint has nothing to say to it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from cfnlint import lint
from cfnlint.config import ManualArgs
from syrupy.extensions.json import JSONSnapshotExtension

from constructs_lib.composition import plan_pipeline
from constructs_lib.drills.memory.states.definition import check_definition
from tests.workflows import declare_workflow, definition_of, task, undo

if TYPE_CHECKING:
    from pathlib import Path

    from syrupy.assertion import SnapshotAssertion

PART = {"handler": "handlers.acts:do", "timeout": "30s"}
ROW = [task("row", input={"rows": "{% $items %}"})]
EACH = {"type": "map", "name": "per_item", "max_items": 40, "max_concurrency": 4}
BIG = {"when": "{% $record.body.n > 3 %}", "next": "slow"}
FILE = {
    "results": {"store": "files"},
    "mode": "distributed",
    "source": {"format": "csv", "store": "files", "key": "{% $record.body.key %}"},
}
ENDS: dict[str, Any] = {
    "outputs": [{"type": "queue", "name": "notices"}, {"type": "event_bus", "name": "told", "detail_type": "Done"}],
    "stores": [{"type": "bucket", "name": "files", "access": "read_write"}],
}
SHAPES: dict[str, tuple[dict[str, Any], ...]] = {
    "tasks": (task("first"), task("second", retry={"max_attempts": 5, "errors": ["Flaky"]})),
    "choice": (
        {
            "type": "choice",
            "name": "big",
            "cases": [{"when": "{% $record.body.n > 3 %}", "next": "slow"}],
            "default": "no",
        },
        {"type": "wait", "name": "slow", "duration": "10s"},
        {"type": "succeed", "name": "fine", "output": {"n": "{% $record.body.n %}"}},
        {"type": "fail", "name": "no", "error": "TooSmall", "cause": "{% 'only ' & $string($record.body.n) %}"},
    ),
    "saga": (task("reserve", undo=undo()), task("pay", undo=undo(input="{% $pay.id %}")), task("ship")),
    "branches": (
        {
            "type": "parallel",
            "name": "both",
            "branches": {"money": [task("pay", undo=undo())], "mail": [task("mail", critical=False)]},
            "catch": [{"errors": ["Declined"], "next": "cancel"}],
        },
        {"type": "succeed", "name": "fine"},
        task("cancel", input="{% $error.cause %}"),
    ),
    "items": ({**EACH, "items": "{% $record.body.lines %}", "steps": [task("line", input="{% $item %}")]},),
    "rows": (
        {**EACH, **FILE, "batch_size": 10, "tolerated_failures": "5%", "results": {"store": "files"}, "steps": ROW},
    ),
    "outside": (
        {"type": "approval", "name": "gate", "message": "Release?", "timeout": "20m"},
        {"type": "job", "name": "encode", "start": PART, "check": PART, "timeout": "40m"},
        task("callback", callback=True, timeout="1h", heartbeat="5m"),
        {"type": "workflow", "name": "other", "pipeline": "other-one", "timeout": "10m"},
        {"type": "send", "name": "notice", "output": "notices", "value": {"gate": "{% $gate %}"}},
        {"type": "send", "name": "tell", "output": "told", "value": {"done": True}},
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_definition_stays_as_it_is(shape: str, tmp_path: Path, snapshot: SnapshotAssertion) -> None:
    plan = plan_pipeline(declare_workflow(tmp_path, *SHAPES[shape], **ENDS))
    found = json.dumps(definition_of(plan)).replace(plan.manifest_hash, "<manifest>")
    assert json.loads(found) == snapshot(extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("shape", SHAPES)
def test_two_independent_checks_find_nothing_wrong(shape: str, tmp_path: Path) -> None:
    definition = definition_of(plan_pipeline(declare_workflow(tmp_path, *SHAPES[shape], **ENDS)))
    check_definition(definition)
    assert linted(definition) == []


def test_the_linter_would_find_what_is_wrong(tmp_path: Path) -> None:
    definition = definition_of(plan_pipeline(declare_workflow(tmp_path, *SHAPES["tasks"])))
    definition["States"]["first"]["Resource"] = 7
    assert linted(definition) != []


def linted(definition: dict[str, Any]) -> list[str]:
    """Return the errors of cfn-lint in a definition, as the object that its rule E3601 reads whole.

    E1029 is left out: in a template the definition is a text, whose places ``DefinitionSubstitutions`` fills.
    """
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {"RoleArn": "arn:aws:iam::111122223333:role/sample", "Definition": definition},
    }
    template = json.dumps({"Resources": {"Machine": machine}})
    found = lint(template, config=ManualArgs(regions=["eu-central-1"], ignore_checks=["E1029"]))
    return [str(match) for match in found if match.rule.id.startswith("E")]
