"""The Lambda handler that starts workflows: a runner as any other, whose effect is that an execution runs."""

from __future__ import annotations

from typing import Any

from functions.contract.workflow import OUTPUT
from functions.runtime import Run, runner


@runner
def start_workflow(body: Any, run: Run) -> None:  # noqa: ARG001 - the record goes with all its fields
    """Hand the record over to its workflow, once it lands."""
    getattr(run.outputs, OUTPUT).put(run.record)
