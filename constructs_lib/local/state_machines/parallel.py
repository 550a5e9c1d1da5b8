"""A parallel state for the emulator: its own knows no Output, Assign or Arguments and lets branches share variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.local.state_machines.expressions import Json

_KEPT = ("Retry", "Catch", "Output", "Assign", "Next", "End", "Comment", "QueryLanguage")


def as_map(name: str, state: Json) -> Json:
    """Return an inline map over the numbers of the branches, each of which runs its own with its own variables."""
    branches = state["Branches"]
    starts = [branch["StartAt"] for branch in branches]
    choose, given = f"{name} branch", "{% $states.input.input %}"
    states: Json = {choose: _choice(starts, f"{name} last branch", given)}
    states[f"{name} last branch"] = {"Type": "Pass", "Output": given, "Next": starts[-1]}
    for branch in branches:
        states |= branch["States"]
    return {
        "Type": "Map",
        "Items": list(range(len(branches))),
        "ItemSelector": {
            "branch": "{% $states.context.Map.Item.Index %}",
            "input": state.get("Arguments", "{% $states.input %}"),
        },
        "MaxConcurrency": len(branches),
        "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"}, "StartAt": choose, "States": states},
        **{field: state[field] for field in _KEPT if field in state},
    }


def _choice(starts: list[str], last: str, given: str) -> Json:
    return {
        "Type": "Choice",
        "Choices": [
            {"Condition": f"{{% $states.input.branch = {number} %}}", "Output": given, "Next": start}
            for number, start in enumerate(starts[:-1])
        ],
        "Default": last,
    }
