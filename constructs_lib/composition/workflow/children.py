"""Items of a distributed map: each, or each batch, has an execution of its own and sees only what it is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.endings import assembled
from constructs_lib.composition.workflow.joining import SELECTED
from constructs_lib.composition.workflow.scope import Scope
from constructs_lib.composition.workflow.variables import state_name, variables_of
from constructs_lib.model.asl import State, jsonata
from functions.contract.workflow import ITEMS_TOO_MANY, RECORD, RUN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from constructs_lib.composition.workflow.standing import Standing
    from constructs_lib.model.workflow_state import WorkflowState

OWN = frozenset({RUN, RECORD, "item", "items", "index", "warnings", "states"})
"""Variables that an item has anyway."""
AROUND = "VisitAround"
"""The variable of a child execution that holds the visit of its map."""
BATCH = "$map($states.input.Items, function($i) { $i.item })[]"


def child(place: Standing, *, batch: int | None, most: int | None) -> tuple[State, State]:
    """Return the state machine of an item or a batch, and the fields that hand it over."""
    (steps,) = place.step.scopes().values()
    scope = Scope(
        place.scope.machine,
        "child",
        steps,
        places=place.scope.places,
        prefix=state_name(place.step.name, "item"),
        owner=place.step.name,
        items=(*(f"$Outer{i}" for i in range(len(place.scope.items))), "$index"),
        visit=f"${AROUND}" if place.visit else "",
    )
    shared = _shared(place, steps)
    beside = "$states.input.BatchInput" if batch else "$states.input"
    given = {name: jsonata(f"{beside}.{name}") for name in shared}
    first = _count(scope, most) if most is not None else ""
    machine = assembled(scope, {**given, **(_of_batch() if batch else _of_item())}, first)
    processor = {"ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}, **machine}
    if batch:
        batcher = {"MaxItemsPerBatch": batch, "BatchInput": shared}
        return processor, {"ItemSelector": SELECTED, "ItemBatcher": batcher}
    return processor, {"ItemSelector": {**SELECTED, **shared}}


def _of_item() -> State:
    item = jsonata("$states.input.item")
    return {"item": item, "Given": item, "index": jsonata("$states.input.index")}


def _of_batch() -> State:
    items = jsonata(BATCH)
    return {"items": items, "Given": items, "index": jsonata("$states.input.Items[0].index")}


def _count(scope: Scope, most: int) -> str:
    """Refuse the items after the most that there may be: nobody knows their number before they are read."""
    first = scope.steps[0].name
    too_many = {"Condition": jsonata(f"$index >= {most}"), "Next": scope.own("too_many")}
    scope.states[scope.own("count")] = {"Type": "Choice", "Choices": [too_many], "Default": first, "Output": {}}
    found = {"step": scope.owner, "error": ITEMS_TOO_MANY, "cause": f"more than {most} items"}
    scope.states[scope.own("too_many")] = {
        "Type": "Pass",
        "Assign": {"error": found},
        "Output": {},
        "Next": scope.own("failed"),
    }
    return scope.own("count")


def _shared(place: Standing, steps: Sequence[WorkflowState]) -> State:
    """Return the variables of the scopes around that the item's steps use, by the name that they have there."""
    used = {name for step in _all(steps) for _, template in step.templates() for name in variables_of(template)}
    known = {step.name for step in _all(place.scope.machine.steps)} - {step.name for step in _all(steps)}
    if "error" in place.names or place.step.name in place.scope.caught():
        known.add("error")
    wanted = sorted((used & known) - OWN)
    return {
        RUN: jsonata(f"${RUN}"),
        RECORD: jsonata(f"${RECORD}"),
        **{name: jsonata(place.names.get(name, f"${name}")) for name in wanted},
        **({AROUND: jsonata(place.visit)} if place.visit else {}),
        **{f"Outer{i}": jsonata(item) for i, item in enumerate(place.scope.items)},
    }


def _all(steps: Sequence[WorkflowState]) -> Iterator[WorkflowState]:
    for step in steps:
        yield step
        for inside in step.scopes().values():
            yield from _all(inside)
