"""Steps as a declaration makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from constructs_lib.workflow_states import AnyWorkflowState

if TYPE_CHECKING:
    from constructs_lib.model.workflow_state import WorkflowState

_READER: TypeAdapter[WorkflowState] = TypeAdapter(AnyWorkflowState)
HANDLER = "handlers.steps:charge_card"
UNDO = {"handler": "handlers.steps:refund_card"}


def step(**fields: Any) -> WorkflowState:
    """Return a step named ``one`` with these fields."""
    return _READER.validate_python({"name": "one", **fields})


def texts(state: WorkflowState) -> dict[str, Any]:
    """Return what may hold expressions, by its place, without what is absent."""
    return {place: value for place, value in state.templates() if value is not None}
