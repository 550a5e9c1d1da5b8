"""Steps of workflows: one module per kind, found by name; a new module is a new value of ``steps[].type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.workflow_state import WorkflowState

WORKFLOW_STATES = discover(__name__, WorkflowState)
"""Every kind, in the order of their modules' names."""

if TYPE_CHECKING:
    AnyWorkflowState = WorkflowState
else:
    AnyWorkflowState = Annotated[Union[WORKFLOW_STATES], Field(discriminator="type")]
    for _state in WORKFLOW_STATES:
        _state.model_rebuild(force=True, _types_namespace={"Nested": AnyWorkflowState})
