"""The head of a plan says what a record is given to: a workflow, workers, or a runner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.cli._plan_view import plan_text
from constructs_lib.composition import plan_pipeline
from tests.declarations import declare
from tests.unit.cli.test_fan_out_picture import WORKERS, declared
from tests.workflows import declare_workflow, task

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration.pipeline import PipelineDeclaration


def head(declaration: PipelineDeclaration) -> str:
    """Return the second line, which begins with the source."""
    return plan_text(plan_pipeline(declaration), 0, declaration.workflow).splitlines()[1].strip()


def test_of_a_runner_its_class_and_size(tmp_path: Path) -> None:
    assert head(declare(tmp_path, runner={"handler": "handlers.orders:land_order", "size": "small"})) == (
        "source http, runner serverless small, network public"
    )


@pytest.mark.parametrize(
    ("steps", "type", "told"),
    [
        ((task("one"), task("two")), "standard", "workflow standard, 2 steps, at most 1h"),
        ((task("one"),), "express", "workflow express, 1 step, at most 5m"),
    ],
)
def test_of_a_workflow_its_type_steps_and_longest_run(
    tmp_path: Path, steps: tuple[dict[str, Any], ...], type: str, told: str
) -> None:
    assert head(declare_workflow(tmp_path, *steps, type=type)) == f"source queue, {told}, network public"


@pytest.mark.parametrize(
    ("fan_out", "told"),
    [
        ({}, "fan-out to 2 workers by topic"),
        ({"via": "event_bus", "workers": WORKERS[:1]}, "fan-out to 1 worker by event bus"),
    ],
)
def test_of_a_fan_out_its_workers_and_who_tells_them(tmp_path: Path, fan_out: dict[str, Any], told: str) -> None:
    found = head(declared(tmp_path, fan_out=fan_out))
    assert found == f"source http, {told}, network public"
