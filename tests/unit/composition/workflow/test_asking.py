"""The function that asks a person may do what a question takes, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition import plan_pipeline
from tests.workflows import declare_workflow

if TYPE_CHECKING:
    from pathlib import Path

GATE = {"type": "approval", "name": "gate", "message": "{% $record.body %}", "timeout": "20m"}


def test_who_asks_reads_the_large_values_of_its_own_pipeline_and_writes_none(tmp_path: Path) -> None:
    declaration = declare_workflow(tmp_path, GATE)
    grants = plan_pipeline(declaration).function("ask_approval").grants
    (objects,) = [grant for grant in grants if any(action.startswith("s3:") for action in grant.actions)]
    assert objects.actions == ("s3:GetObject",)
    (place,) = objects.resources
    assert place.endswith(f"/values/{declaration.pipeline}/*")
