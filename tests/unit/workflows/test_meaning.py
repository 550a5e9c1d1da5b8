"""A workflow's state machine comes to what its declaration says, whatever its functions do.

``WORKFLOWS=10000 pytest tests/unit/workflows`` tries more of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, seed, settings

from constructs_lib.composition import plan_pipeline
from tests.drawn_workflows.declared import Project
from tests.drawn_workflows.generated import Drawn, workflows
from tests.drawn_workflows.lists import RECORD
from tests.drawn_workflows.played import Played
from tests.drawn_workflows.reference import predict
from tests.drawn_workflows.script import Script

if TYPE_CHECKING:
    from pathlib import Path

    from tests.drawn_workflows.ending import Ending

COUNT = int(os.environ.get("WORKFLOWS", "800"))
PARTS = range(4)


@pytest.mark.parametrize("part", PARTS)
def test_state_machines_do_what_declarations_say(part: int, tmp_path: Path) -> None:
    project = Project(tmp_path)

    @seed(part)
    @settings(max_examples=COUNT // len(PARTS), deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(workflows())
    def agrees(drawn: Drawn) -> None:
        compare(project, drawn)

    agrees()


def compare(project: Project, drawn: Drawn) -> None:
    """Outcome, order of calls with their inputs, warnings, letters, the ledger's last word and time are the same."""
    declaration = project.declared(drawn.workflow)
    assert declaration.workflow is not None
    plan = plan_pipeline(declaration)
    assert plan.state_machine is not None
    predicted = predict(declaration.workflow, Script(drawn.errors), RECORD, project.others)
    played = Played(Script(drawn.errors), project.machines)
    execution = played.run(plan.state_machine.definition, RECORD)
    failure = predicted.failure
    ended = ("TIMED_OUT" if predicted.cut else "FAILED", failure.error) if failure else ("SUCCEEDED", None)
    assert (execution.status, execution.error) == ended
    calls = sorted(predicted.effects, key=lambda one: one.at)
    assert [(one.path, one.input) for one in played.effects] == [(one.path, one.input) for one in calls]
    assert execution.output == (None if failure else predicted.result)
    assert execution.elapsed == pytest.approx(predicted.at, abs=1e-3)
    assert played.statuses("warned") == list(dict.fromkeys(path for _, path in sorted(predicted.warned)))
    assert played.letters == [error for _, error in sorted(predicted.letters, key=lambda letter: letter[0])]
    assert played.ends() == last_words(predicted, express=declaration.workflow.type == "express")


def last_words(predicted: Ending, *, express: bool) -> list[tuple[str, str | None]]:
    """Return what the state machine itself says of the run in the ledger."""
    if express or predicted.cut:
        return []
    failure = predicted.failure
    return [("dead_lettered", failure.error) if failure else ("succeeded", None)]
