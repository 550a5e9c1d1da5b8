"""A workflow of another pipeline: whose run it is, what its failure is called, and how often it is started."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from tests.workflows import RUN, Stage, declare_workflow, definition_of, failing, task

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.drills.memory.states.execution import Execution

BELOW = {"type": "workflow", "name": "bill", "pipeline": "invoices", "timeout": "10m", "input": {"n": 7}}
CAUGHT = {**BELOW, "catch": [{"errors": ["Declined"], "next": "mend"}]}
FINE = {"type": "succeed", "name": "fine"}


def played(folder: Path, *steps: dict[str, Any], **functions: Any) -> Stage:
    """Return a stage on which the other pipeline's workflow has one step."""
    above, below = folder / "above", folder / "below"
    above.mkdir()
    below.mkdir()
    stage = Stage(declare_workflow(above, *steps), **functions)
    other = declare_workflow(below, task("invoice", retry={"max_attempts": 1}), pipeline="invoices")
    definition = stage.states.machines[stage.machine]
    (arn,) = set(re.findall(r'"StateMachineArn": "([^"]*)"', json.dumps(definition)))
    stage.states.machines[arn] = definition_of(plan_pipeline(other))
    return stage


def below(stage: Stage) -> list[Execution]:
    return [one for one in stage.states.executions.values() if "invoices" in one.machine]


def test_its_run_has_this_one_as_its_parent_in_its_own_ledger(tmp_path: Path) -> None:
    stage = played(tmp_path, BELOW, task("last", input="{% $bill %}"), invoice=lambda given: given["record"]["body"])
    assert stage.run().output == {"n": 7}
    started, ended, _ = stage.entries
    (execution,) = below(stage)
    facts = execution.input["run"]
    assert (started["pk"], started["sk"], ended["sk"]) == (f"invoices#{facts['token']}", "started", "succeeded")
    assert (started["parent_run_id"], started["step"], started["run_id"]) == ("message.1", "bill", facts["run_id"])
    assert (ended["pk"], ended["parent_run_id"]) == (started["pk"], started["run_id"])


def test_its_failure_is_caught_under_its_own_name(tmp_path: Path) -> None:
    mend = task("mend", input="{% $error %}")
    stage = played(tmp_path, CAUGHT, FINE, mend, invoice=failing("Declined", 'said "no"'))
    assert stage.run().output == {"step": "bill", "error": "Declined", "cause": 'said "no"'}


def test_what_nothing_catches_ends_the_run_under_the_same_name(tmp_path: Path) -> None:
    stage = played(tmp_path, CAUGHT, FINE, task("mend"), invoice=failing("Lost"))
    assert (stage.run().error, stage.called) == ("Lost", ["invoice"])
    assert stage.told == ["started", "failed", "dead_lettered"]


def test_its_failure_has_no_letter_of_its_own_for_whoever_redrives_the_parent_runs_it_again(tmp_path: Path) -> None:
    stage = played(tmp_path, BELOW, invoice=failing("Lost", "told"))
    assert stage.run().status == "FAILED"
    (letter,), (child,) = stage.letters, below(stage)
    failure = json.loads(letter["MessageAttributes"]["failure"]["StringValue"])
    assert (failure["run_token"], failure["error_type"]) == (RUN["token"], "Lost")
    failed = stage.entries[1]
    assert (failed["pk"], failed["sk"]) == (f"invoices#{child.input['run']['token']}", f"failed#{child.name}")
    assert (failed["error_type"], failed["error_message"], failed.get("step")) == ("Lost", "told", None)


def test_a_failure_of_it_that_the_parent_lives_with_has_no_letter_at_all(tmp_path: Path) -> None:
    stage = played(tmp_path, {**BELOW, "critical": False}, invoice=failing("Lost"))
    assert (stage.run().status, stage.letters) == ("SUCCEEDED", [])
    assert stage.told == ["started", "failed", "warned", "succeeded"]


def test_in_a_branch_too(tmp_path: Path) -> None:
    branches = {"a": [BELOW], "b": [{"type": "wait", "name": "pause", "duration": "1m"}]}
    stage = played(tmp_path, {"type": "parallel", "name": "both", "branches": branches}, invoice=failing("Lost"))
    assert stage.run().error == "Lost"


def test_a_redrive_starts_it_again_under_the_same_token_and_another_name(tmp_path: Path) -> None:
    stage = played(tmp_path, BELOW)
    first, second = stage.run({}), stage.run({})
    assert (first.status, second.status) == ("SUCCEEDED", "SUCCEEDED")
    one, other = below(stage)
    assert one.input["run"]["token"] == other.input["run"]["token"]
    assert one.name != other.name
    assert max(len(one.name), len(other.name)) <= 80


def test_a_large_value_is_not_handed_over_as_its_reference(tmp_path: Path) -> None:
    stage = played(tmp_path, {**BELOW, "input": "{% $record.body %}"})
    ended = stage.run({"$ref": {"key": "values/a", "sha256": "0", "bytes": 9}})
    assert (ended.error, below(stage)) == ("States.QueryEvaluationError", [])
