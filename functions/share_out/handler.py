"""The Lambda handler that shares records out: a runner as any other, whose effect is that the workers are told."""

from __future__ import annotations

from typing import Any

from functions.contract.share import OUTPUT
from functions.runtime import Run, runner


@runner
def share_out(body: Any, run: Run) -> None:  # noqa: ARG001 - the record goes with all its fields
    """Hand the record, or each of its items, over to every worker, once it lands."""
    getattr(run.outputs, OUTPUT).put(run.record)
