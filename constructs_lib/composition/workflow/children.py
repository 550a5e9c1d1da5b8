"""Items of a distributed map: each, or each batch, has an execution of its own and sees only what it is handed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.endings import assembled
from constructs_lib.composition.workflow.joining import SELECTED
from constructs_lib.composition.workflow.machine import text
from constructs_lib.composition.workflow.scope import Scope
from constructs_lib.composition.workflow.variables import state_name
from constructs_lib.declaration.workflow_variables import ITEM_VARIABLES, available_to, free_variables
from constructs_lib.model.asl import RESULT, SERVICE, State, jsonata
from functions.contract.workflow import ITEMS_TOO_MANY, RECORD, RUN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs_lib.composition.workflow.standing import Standing
    from constructs_lib.model.asl import Place
    from constructs_lib.model.workflow_state import WorkflowState

OWN = frozenset({RUN, RECORD, "warnings"}) | ITEM_VARIABLES
"""Variables that an item has anyway."""
TOO_MANY = "$too_many"
"""In the output of an item that is one too many."""
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
    index = jsonata("$states.input.index")
    return {"item": item, "Given": item, "index": index, "Last": index}


def _of_batch() -> State:
    items = jsonata(BATCH)
    first, last = (jsonata(f"$states.input.Items[{place}].index") for place in (0, -1))
    return {"items": items, "Given": items, "index": first, "Last": last}


def _count(scope: Scope, most: int) -> str:
    """Pass by the items after the most that there may be: nobody knows their number before they are read.

    They tell so and do not fail, because a failure may be tolerated.
    """
    first = scope.steps[0].name
    too_many = {"Condition": jsonata(f"$Last >= {most}"), "Next": scope.own("too_many")}
    scope.states[scope.own("count")] = {"Type": "Choice", "Choices": [too_many], "Default": first, "Output": {}}
    scope.states[scope.own("too_many")] = {"Type": "Succeed", "Output": {TOO_MANY: True}}
    return scope.own("count")


def _shared(place: Standing, steps: Sequence[WorkflowState]) -> State:
    """Return what the item's steps read from around the map, by the names that it has in the declaration."""
    known = available_to(place.step.name, place.scope.machine.steps)
    wanted = sorted((free_variables(steps) & known) - OWN)
    return {
        RUN: jsonata(f"${RUN}"),
        RECORD: jsonata(f"${RECORD}"),
        **{name: jsonata(place.names.get(name, f"${name}")) for name in wanted},
        **({AROUND: jsonata(place.visit)} if place.visit else {}),
        **{f"Outer{i}": jsonata(item) for i, item in enumerate(place.scope.items)},
    }


def counted(place: Place, name: str, most: int, *, collect: bool, written: bool) -> State:
    """Return what follows a map whose items were read: too many fail it, whatever share of them is tolerated.

    Where results are ``written``, Step Functions tells the number of the items and nothing of what they came to.
    """
    refused, whole = place.named("too_many"), place.named("whole")
    over, run = f"Over_{name}", f"Run_{name}"
    one_too_many = f"$type($r) = 'object' ? $lookup($r, {text(TOO_MANY)}) = true : false"
    found = f"$type({RESULT}) = 'array' ? $count($filter({RESULT}, function($r) {{ {one_too_many} }})) > 0 : false"
    ways = [{"Condition": jsonata(f"${over}"), "Next": refused}]
    told: State = {name: jsonata(RESULT if collect or written else f"$count({RESULT})"), over: jsonata(found)}
    if written:
        told[run] = jsonata(f"$type({RESULT}) = 'object' ? {RESULT}.MapRunArn : null")
        ways.append({"Condition": jsonata(f"${run} != null"), "Next": place.named("asked")})
        _ask(place, name, run, {"Condition": jsonata(f"$Total_{name} > {most}"), "Next": refused}, whole)
    place.add("count", {"Type": "Choice", "Choices": ways, "Default": whole, "Output": {}})
    place.add("whole", {"Type": "Pass", **place.done(jsonata(f"${name}"))})
    place.add("too_many", place.failing(ITEMS_TOO_MANY, f"more than {most} items"))
    return {"Assign": told, "Output": {}, "Next": place.named("count")}


def _ask(place: Place, name: str, run: str, more: State, whole: str) -> None:
    """Add the question how many items a map has read."""
    total = {f"Total_{name}": jsonata("$states.result.ItemCounts.Total")}
    call = {"Type": "Task", "Resource": f"{SERVICE}aws-sdk:sfn:describeMapRun"}
    asked = {**call, "Arguments": {"MapRunArn": jsonata(f"${run}")}, **place.tried(calls=False)}
    place.add("asked", {**asked, "Assign": total, "Output": {}, "Next": place.named("told")})
    place.add("told", {"Type": "Choice", "Choices": [more], "Default": whole, "Output": {}})
