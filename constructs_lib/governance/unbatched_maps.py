"""Maps that call functions for their items one by one, and what the plan would be with batches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.composition.workflow.costs import WORKFLOW, workflow_costs
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.workflow_states.map import Map

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan import PipelinePlan


@dataclass(frozen=True)
class UnbatchedMap:
    """One map of a workflow."""

    step: Map
    place: str
    """Such as ``workflow.steps[2]``."""
    runs: float
    """Calls of functions inside it by one event, at most."""

    def in_batches(self, plan: PipelinePlan, size: int) -> PipelinePlan:
        """Return the plan with so many items in one call: fewer runs inside the map, at a lower price."""
        machine = plan.state_machine
        if machine is None:
            return plan
        share = -(-self.step.max_items // size) / self.step.max_items
        steps = tuple(
            one.model_copy(update={"runs_per_event": one.runs_per_event * share})
            if self.step.name in one.scope
            else one
            for one in machine.steps
        )
        batched = machine.model_copy(update={"steps": steps})
        others = tuple(driver for driver in plan.cost_drivers if driver.needed_by != WORKFLOW)
        costs = (*others, *workflow_costs(batched, plan.functions))
        return plan.model_copy(update={"state_machine": batched, "cost_drivers": costs})


def unbatched_maps(declaration: PipelineDeclaration, plan: PipelinePlan, most: int) -> Iterator[UnbatchedMap]:
    """Yield the outermost maps without batches that call functions more often than ``most`` for one event."""
    found: set[str] = set()
    for placed in every_step(declaration.workflow):
        step = placed.state
        if not isinstance(step, Map) or step.batch_size is not None or found & {one.name for one in placed.around}:
            continue
        runs = _runs(plan, step.name)
        if runs > most:
            found.add(step.name)
            yield UnbatchedMap(step, placed.place, runs)


def _runs(plan: PipelinePlan, name: str) -> float:
    steps = plan.state_machine.steps if plan.state_machine else ()
    return sum(step.runs_per_event for step in steps if step.functions and name in step.scope)
