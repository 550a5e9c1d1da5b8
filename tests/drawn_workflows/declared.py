"""Drawn workflows as declarations of a project, and what they are compiled to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.composition.workflow.sending import alias_arn, machine_name
from constructs_lib.declaration.pipeline import PipelineDeclaration
from tests.declarations import fields
from tests.drawn_workflows.author import BELOW
from tests.drawn_workflows.lists import BUCKET
from tests.drawn_workflows.waiting import OUTPUTS, UNDER

if TYPE_CHECKING:
    from pathlib import Path

    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.plan import PipelinePlan

STAGE = "dev"
HANDLER = "from functions.runtime import Run, runner\n\n\n@runner\ndef work(given: object, run: Run) -> None: ...\n"


@dataclass
class Project:
    """A folder with the module of the handlers."""

    folder: Path

    def __post_init__(self) -> None:
        """Write the module."""
        (self.folder / "handlers").mkdir()
        (self.folder / "handlers" / "steps.py").write_text(HANDLER)

    def declared(self, workflow: dict[str, Any], pipeline: str = "drawn") -> PipelineDeclaration:
        """Return the declaration of a workflow."""
        values = fields(
            pipeline=pipeline,
            source={"type": "queue"},
            tenant=None,
            contract=None,
            runner=None,
            idempotency={"key": ["body.id"]},
            outputs=OUTPUTS,
            stores=[{"type": "bucket", "name": "data", "access": "read", "bucket": BUCKET, "list": True}],
            workflow=workflow,
        )
        return PipelineDeclaration.model_validate({**values, "directory": str(self.folder)})

    @cached_property
    def below(self) -> PipelinePlan:
        """The pipeline whose workflow others run."""
        return plan_pipeline(self._below)

    @cached_property
    def _below(self) -> PipelineDeclaration:
        return self.declared({"type": "standard", "timeout": "1h", "steps": UNDER}, BELOW)

    @property
    def others(self) -> dict[str, Workflow]:
        """The workflows of other pipelines."""
        workflow = self._below.workflow
        return {BELOW: workflow} if workflow else {}

    @property
    def machines(self) -> dict[str, str]:
        """Their definitions by the ARN that they are started by."""
        machine = self.below.state_machine
        return {alias_arn(machine_name(BELOW, STAGE)): machine.definition} if machine else {}
