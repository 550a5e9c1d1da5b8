"""The state machine of a workflow as the plan has it."""

from __future__ import annotations

from typing import Literal

from constructs_lib.model.base import Frozen
from constructs_lib.model.functions import Grant


def function_version(function_id: str) -> str:
    """Return what stands in a definition for the ARN of the version of a function, which its deployment gives it."""
    return "${Version." + function_id + "}"


class StepPlan(Frozen):
    """One step as pictures, prices and runs know it."""

    name: str
    type: str
    scope: tuple[str, ...] = ()
    """Names of the steps around it, from the outermost inwards."""
    functions: tuple[str, ...] = ()
    """Ids of the functions that it calls."""
    runs_per_event: float = 1.0
    """How often it runs for one record at most: what maps around it multiply."""


class StateMachinePlan(Frozen):
    """One state machine with its role, its log and its alias ``live``."""

    id: str
    name: str
    type: Literal["STANDARD", "EXPRESS"]
    definition: str
    """Amazon States Language as JSON; ``${Version.<function id>}`` stands for the version of a function."""
    timeout: int
    """Seconds of the longest run."""
    steps: tuple[StepPlan, ...]
    grants: tuple[Grant, ...]
    tracing: bool
    log_level: str
    log_retention_days: int
