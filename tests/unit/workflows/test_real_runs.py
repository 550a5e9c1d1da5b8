"""Workflows that the runtime runs come to what their declarations say, whatever dies, and nothing that fails stands.

``WORKFLOWS=10000 pytest tests/unit/workflows`` tries more of them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from constructs_lib.composition import plan_pipeline
from constructs_lib.drills.memory.faults import Fault
from tests.drawn_workflows.declared import Project
from tests.drawn_workflows.generated import Drawn, workflows
from tests.drawn_workflows.lists import RECORD
from tests.drawn_workflows.ran import Ran
from tests.drawn_workflows.reference import predict
from tests.drawn_workflows.script import Script

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.drills.memory.states.execution import Execution
    from tests.drawn_workflows.ending import Ending
    from tests.drawn_workflows.script import Effect

COUNT = int(os.environ.get("WORKFLOWS", "800")) // 8
TIMES = settings(max_examples=COUNT, deadline=None, database=None, suppress_health_check=list(HealthCheck))
REDRIVES = range(3)
FAULTS = st.dictionaries(st.integers(0, 60), st.sampled_from(list(Fault)), max_size=3)


def test_the_runtime_does_what_declarations_say_and_each_redrive_what_is_left(tmp_path: Path) -> None:
    project = Project(tmp_path)

    @seed(0)
    @TIMES
    @given(workflows(alone=True))
    def agrees(drawn: Drawn) -> None:
        follow(project, drawn)

    agrees()


def test_deaths_change_no_outcome_repeat_no_known_effect_and_leave_none_of_a_failed_run(tmp_path: Path) -> None:
    project = Project(tmp_path)

    @seed(1)
    @TIMES
    @given(workflows(alone=True, sure=True), FAULTS)
    def agrees(drawn: Drawn, faults: dict[int, Fault]) -> None:
        survive(project, drawn, faults)

    agrees()


def follow(project: Project, drawn: Drawn) -> None:
    """Without faults the calls are the same too, with their inputs and in their order, and nothing is done twice."""
    declaration = project.declared(drawn.workflow)
    assert declaration.workflow is not None
    foreseen, kept = Script(drawn.errors), dict[str, int]()
    ran = Ran(plan_pipeline(declaration), declaration.workflow, Script(drawn.errors))
    for redrive in REDRIVES:
        predicted = predict(declaration.workflow, foreseen, RECORD, {}, kept)
        execution = ran.go(redrive)
        assert in_order(ran.effects) == in_order(predicted.effects)
        assert execution.elapsed == pytest.approx(predicted.at, abs=1e-3)
        same_end(execution, predicted)
        assert ran.repeated == []
        if predicted.failure is None:
            break


def survive(project: Project, drawn: Drawn, faults: dict[int, Fault]) -> None:
    """Every step that acts can be undone: what stands after the first run belongs to one that has succeeded."""
    declaration = project.declared(drawn.workflow)
    assert declaration.workflow is not None
    foreseen, kept = Script(drawn.errors), dict[str, int]()
    ran = Ran(plan_pipeline(declaration), declaration.workflow, Script(drawn.errors))
    ran.break_at(faults)
    for redrive in REDRIVES:
        predicted = predict(declaration.workflow, foreseen, RECORD, {}, kept)
        same_end(ran.go(redrive), predicted)
        assert {one.path for one in ran.effects} == {one.path for one in predicted.effects}
        assert ran.repeated == []
        if predicted.failure is None:
            break
        assert ran.standing == set()


def in_order(effects: list[Effect]) -> list[tuple[str, object]]:
    """Return calls by their time; results that are kept take none, so that calls can come at the same moment."""
    by_time = sorted(effects, key=lambda one: (round(one.at, 6), one.path))
    return [(one.path, one.input) for one in by_time]


def same_end(execution: Execution, predicted: Ending) -> None:
    """Status, error and result are the same."""
    failure = predicted.failure
    ended = ("TIMED_OUT" if predicted.cut else "FAILED", failure.error) if failure else ("SUCCEEDED", None)
    assert (execution.status, execution.error) == ended, execution.cause
    assert execution.output == (None if failure else predicted.result)
