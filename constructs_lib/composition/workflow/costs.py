"""What a workflow costs an event: transitions or express runs, and the functions of its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
UNDO_TRANSITIONS = 2
"""What a step with an undo takes more, so that it can be undone."""
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
    yield _driver("dynamodb-write", requests * WRITES_PER_STEP + (machine.type == "STANDARD"))


def _transitions(machine: StateMachinePlan) -> Iterator[float]:
    for step in machine.steps:
        more = UNDO_TRANSITIONS if f"{step.name}_undo" in step.functions else 0
        yield step.runs_per_event * (TRANSITIONS.get(step.type, 1.0) + more)


def _driver(meter: str, quantity: float) -> CostDriver:
    return CostDriver(meter=meter, quantity_per_event=quantity, needed_by=WORKFLOW)
