"""What a workflow costs an event: transitions or express runs, and the functions of its steps."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.composition.costs import BATCH_SECONDS
from constructs_lib.model.plan import CostDriver

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.state_machine import StateMachinePlan

WORKFLOW = "workflow"
"""What the drivers say that they are needed by."""
FRAME = 3
"""Transitions at the beginning and the end of every execution."""
QUESTIONS = 5
"""How often the price assumes that a job is asked for."""
TRANSITIONS = {"map": 5.0, "job": 2.0 + 3 * QUESTIONS}
"""States that a step passes through when all goes well; one where nothing is said."""
PASSED = ("visit", "ways", "run", "undoable", "done")
"""States of a step beside its own that it passes through where its definition has them: of loops, of what is computed
where a failure can be caught, of another workflow, and of what can be undone."""
SCOPED = 3
"""Parts of the name of a state at the beginning or the end of a branch or an item: ``lines.item.begin``."""
EXPRESS_GB = 0.0625
"""Memory of an express execution: 64 MB, the least that is billed."""
WRITES_PER_STEP = 3
"""Claim, kept result and ledger entry of a step."""


def workflow_costs(machine: StateMachinePlan, functions: Iterable[FunctionPlan]) -> Iterator[CostDriver]:
    """Yield the drivers of the state machine, its entries, and the functions, as often as the maps around them run."""
    by_id = {function.id: function for function in functions}
    calls = [
        (by_id[id], step.runs_per_event * (QUESTIONS if id == f"{step.name}_check" else 1))
        for step in machine.steps
        for id in step.functions
        if id != f"{step.name}_undo"
    ]
    requests = sum(runs for _, runs in calls)
    seconds = sum(runs * BATCH_SECONDS for _, runs in calls)
    gb_seconds = sum(runs * BATCH_SECONDS * function.memory / 1024 for function, runs in calls)
    if machine.type == "EXPRESS":
        yield _driver("express-request", 1)
        yield _driver("express-gb-second", seconds * EXPRESS_GB)
    else:
        yield _driver("state-transition", FRAME + sum(_transitions(machine)))
    if requests:
        yield _driver("lambda-request", requests)
        yield _driver("lambda-gb-second", gb_seconds)
    below = sum(step.runs_per_event for step in machine.steps if step.type == "workflow")
    yield _driver("dynamodb-write", requests * WRITES_PER_STEP + below + (machine.type == "STANDARD"))


def _transitions(machine: StateMachinePlan) -> Iterator[float]:
    """Yield the states that each step passes through, and those around the steps inside it; retries are not counted."""
    states = set(_names(json.loads(machine.definition)))
    inside = {step.scope[-1]: step.runs_per_event for step in machine.steps if step.scope}
    for step in machine.steps:
        words = (*PASSED, "pause") if step.type == "wait" else PASSED
        more = sum(f"{step.name}.{word}" in states for word in words)
        yield step.runs_per_event * (TRANSITIONS.get(step.type, 1.0) + more)
        around = [name.split(".") for name in states if name.startswith(f"{step.name}.")]
        ends = sum(len(parts) == SCOPED and parts[-1] in ("begin", "end") for parts in around)
        yield inside.get(step.name, 0.0) * ends


def _names(machine: Any) -> Iterator[str]:
    for name, state in machine["States"].items():
        yield name
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from _names(inner)


def _driver(meter: str, quantity: float) -> CostDriver:
    return CostDriver(meter=meter, quantity_per_event=quantity, needed_by=WORKFLOW)
