"""A workflow's state machine comes to what its declaration says, whatever its functions do.

``WORKFLOWS=10000 pytest tests/unit/workflows`` tries more of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration.pipeline import PipelineDeclaration
from tests.declarations import fields
from tests.drawn_workflows.generated import RECORD, workflows
from tests.drawn_workflows.played import Played
from tests.drawn_workflows.reference import predict
from tests.drawn_workflows.script import Script

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drawn_workflows.ending import Ending

COUNT = int(os.environ.get("WORKFLOWS", "800"))
PARTS = range(4)


HANDLER = "from functions.runtime import Run, runner\n\n\n@runner\ndef work(given: object, run: Run) -> None: ...\n"


def project(folder: Path) -> Path:
    (folder / "handlers").mkdir()
    (folder / "handlers" / "steps.py").write_text(HANDLER)
    return folder


def declared(folder: Path, workflow: dict[str, Any]) -> PipelineDeclaration:
    source = {"type": "queue"}
    changes = {"source": source, "tenant": None, "contract": None, "runner": None}
    values = fields(**changes, idempotency={"key": ["body.id"]}, workflow=workflow)
    return PipelineDeclaration.model_validate({**values, "directory": str(folder)})


@pytest.mark.parametrize("part", PARTS)
def test_state_machines_do_what_declarations_say(part: int, tmp_path: Path) -> None:
    made = project(tmp_path)

    @seed(part)
    @settings(max_examples=COUNT // len(PARTS), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(workflows())
    def agrees(drawn: tuple[dict[str, Any], dict[str, tuple[str | None, ...]]]) -> None:
        workflow, errors = drawn
        declaration = declared(made, workflow)
        assert declaration.workflow is not None
        machine = plan_pipeline(declaration).state_machine
        assert machine is not None
        compare(predict(declaration.workflow, Script(errors), RECORD), Played(Script(errors)), machine.definition)

    agrees()


def compare(predicted: Ending, played: Played, definition: str) -> None:
    """Outcome, order of calls with their inputs, warnings, letters and time are the same."""
    execution = played.run(definition, RECORD)
    failure = predicted.failure
    assert (execution.status, execution.error) == (("FAILED", failure.error) if failure else ("SUCCEEDED", None))
    calls = sorted(predicted.effects, key=lambda one: one.at)
    assert [(one.path, one.input) for one in played.effects] == [(one.path, one.input) for one in calls]
    assert execution.output == (None if failure else predicted.result)
    assert execution.elapsed == pytest.approx(predicted.at, abs=1e-3)
    assert played.statuses("warned") == list(dict.fromkeys(path for _, path in sorted(predicted.warned)))
    assert len(played.letters) == len(predicted.letters)
