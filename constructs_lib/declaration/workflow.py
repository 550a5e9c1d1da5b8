"""A workflow: steps in the place of a single handler."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration, Name
from constructs_lib.workflow_states import AnyWorkflowState


class Workflow(Frozen):
    """Steps that a state machine runs for each record, one after the other unless they say otherwise."""

    type: Literal["standard", "express"] = "standard"
    """``standard`` runs up to a year, each step at least once; ``express`` up to 5 minutes, for many short runs."""
    timeout: Duration
    """Longest run of the whole workflow."""
    steps: Annotated[tuple[AnyWorkflowState, ...], Field(min_length=1)]
    """The steps; the first is where a run begins."""
    code: Name = "."
    """Folder of the handlers, relative to the declaration."""
    requirements: Name | None = None
    """The handlers' dependencies: a requirements file with hashes, relative to the declaration."""
    log_level: Literal["ALL", "ERROR", "FATAL", "OFF"] = "ERROR"
    """What the state machine logs, without the data of records."""
