"""Everything that sharing out adds to a plan, each part made once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from constructs_lib.composition.fan_in import collecting, plan_consolidator
from constructs_lib.composition.fan_out.alarms import worker_alarms
from constructs_lib.composition.fan_out.costs import fan_out_costs
from constructs_lib.composition.fan_out.handing import handing_over, plan_fan_out
from constructs_lib.composition.fan_out.queues import worker_mapping, worker_queues
from constructs_lib.composition.fan_out.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.catalog import Catalog
    from constructs_lib.composition.alarms import Responder
    from constructs_lib.declaration.fan_out import FanOut
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.fan_out import FanOutPlan
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import MappingPlan, QueuePlan
    from constructs_lib.model.plan import AlarmPlan, CostDriver
    from constructs_lib.model.plan_context import PlanContext


class FanOutParts:
    """The parts of one pipeline whose records go to several workers."""

    def __init__(
        self, declaration: PipelineDeclaration, fan_out: FanOut, context: PlanContext, catalog: Catalog
    ) -> None:
        """Keep what the parts are made of."""
        self._declaration = declaration
        self._fan_out = fan_out
        self._context = context
        self.queues: tuple[QueuePlan, ...] = worker_queues(declaration, fan_out, context, catalog)
        self._workers = Workers(declaration, fan_out, context, catalog, self.queues)

    @cached_property
    def plan(self) -> FanOutPlan:
        """Who is told what by whom."""
        return plan_fan_out(self._fan_out)

    @cached_property
    def contribution(self) -> Contribution:
        """What hands parts over, and what the sharing function needs of it."""
        return handing_over(self._fan_out, self._context)

    @property
    def mappings(self) -> tuple[MappingPlan, ...]:
        """The mapping of each worker's queue."""
        return tuple(worker_mapping(worker) for worker in self._fan_out.workers)

    def functions(self, sharing: FunctionPlan, groups: QueuePlan) -> tuple[FunctionPlan, ...]:
        """Return the workers' functions and, where results are joined by the queue ``groups``, the one that joins."""
        workers, fan_in = self._workers.plans(sharing), self._declaration.fan_in
        if fan_in is None:
            return workers
        added = (self._declaration, self._context, groups)
        joining = plan_consolidator(self._workers.joining(sharing, fan_in.handler), *added, fan_in)
        return (*(collecting(worker, *added) for worker in workers), joining)

    def costs(self, functions: tuple[FunctionPlan, ...]) -> tuple[CostDriver, ...]:
        """Return what an event costs beyond its first function."""
        declared, context = self._declaration, self._context
        targets = {one.called: one.contribute(context, f"outputs[{i}]") for i, one in enumerate(declared.outputs)}
        targets |= {one.name: one.contribute(context, f"stores[{i}]") for i, one in enumerate(declared.stores)}
        return fan_out_costs(self._fan_out, functions, targets, joins=declared.fan_in is not None)

    def alarms(self, prefix: str, functions: tuple[FunctionPlan, ...], responder: Responder) -> Iterable[AlarmPlan]:
        """Yield the alarms on each worker's queues, and on more invocations than the expected events allow."""
        events = self._declaration.budget.events_per_month
        yield from worker_alarms(prefix, self.plan, self.queues, functions, responder, events)
