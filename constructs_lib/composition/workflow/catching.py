"""What a failure is called where it is caught."""

from __future__ import annotations

from typing import Any

from constructs_lib.composition.workflow.machine import LONGEST_MESSAGE
from constructs_lib.model.asl import State, jsonata
from functions.contract.workflow import FOR_GOOD

CAUSE = (
    f"$substring($exists($states.errorOutput.Cause) ? ($substring($states.errorOutput.Cause, 0, 15) = "
    f"'{{\"errorMessage\"' ? $parse($states.errorOutput.Cause).errorMessage : $states.errorOutput.Cause) : '', "
    f"0, {LONGEST_MESSAGE})"
)
"""What happened: of a function's answer the message alone."""
ERROR = f"$replace($states.errorOutput.Error, '{FOR_GOOD}', '')"
"""Its name, as the declaration knows it."""


def with_error(catcher: State, error: str, cause: str) -> State:
    """Return a ``Pass`` that does what a catcher does, for an error that no service tells of."""

    def value(assigned: Any) -> Any:
        if isinstance(assigned, dict):
            return {**assigned, "error": jsonata(error), "cause": jsonata(cause)}
        return assigned.replace(ERROR, error)

    assigned = {name: value(given) for name, given in catcher["Assign"].items()}
    output = {"error": jsonata(error), "cause": jsonata(cause)}
    return {"Type": "Pass", "Assign": assigned, "Output": output, "Next": catcher["Next"]}
