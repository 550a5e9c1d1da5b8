"""From one declaration to its plan; all precedence and every derived value is decided here and nowhere else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.catalog import Catalog, load_catalog
from constructs_lib.composition import grants
from constructs_lib.composition.back_pressure import plan_back_pressure
from constructs_lib.composition.bounds import bound_faults, id_faults
from constructs_lib.composition.checkpoint import checkpoint_part
from constructs_lib.composition.context import plan_context
from constructs_lib.composition.contracts import plan_contract, plan_request
from constructs_lib.composition.costs import pipeline_costs
from constructs_lib.composition.fan_in import GROUPS, collecting, plan_consolidator, plan_groups, plan_groups_mapping
from constructs_lib.composition.fan_out.parts import FanOutParts
from constructs_lib.composition.loops import self_trigger_faults
from constructs_lib.composition.overrides import plan_overrides
from constructs_lib.composition.places import function_places
from constructs_lib.composition.queues import (
    DEAD_LETTERS,
    plan_buffer,
    plan_dead_letters,
    plan_mapping,
    queue_name,
)
from constructs_lib.composition.reach import for_others
from constructs_lib.composition.runner import plan_runner, telemetry
from constructs_lib.composition.sizing import Sizing, size_runner
from constructs_lib.composition.taking import taking
from constructs_lib.composition.watching import Watched
from constructs_lib.composition.workflow.costs import workflow_costs
from constructs_lib.composition.workflow.plan import plan_workflow, starting
from constructs_lib.declaration.checks import check_declaration
from constructs_lib.errors import DeclarationError, Fault, PlanError
from constructs_lib.model.functions import FunctionPlan, Variable
from constructs_lib.model.names import platform_names, stage_faults
from constructs_lib.model.plan import AlarmPlan, BudgetPlan, CostDriver, PipelinePlan, PlatformNames
from constructs_lib.model.timings import default_visibility_timeout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.intake import MappingPlan, QueuePlan
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.resources import ResourcePlan, StreamPlan

DEFAULT_RUNBOOK = "docs/runbook.md"
"""Runbook of a pipeline that names none: the library's own page on dead letters, backlogs, errors and throttles."""


def plan_pipeline(
    declaration: PipelineDeclaration,
    *,
    stage: str = "dev",
    platform: PlatformNames | None = None,
    catalog: Catalog | None = None,
) -> PipelinePlan:
    """Return the plan of a declaration in one stage.

    Args:
        declaration: what the user wrote.
        stage: the environment, part of every physical name.
        platform: names of the shared tables and buckets; the pipeline's own when absent.
        catalog: sizes, limits and prices; the version that the declaration pins when absent.

    Raises:
        DeclarationError: the declaration breaks a rule that only the catalogue or its files can tell.
        PlanError: ``stage-wrong``, ``platform-wrong``, ``function-id-taken``, ``name-too-long``,
            ``resource-name-taken``, ``environment-too-large`` or ``definition-too-large``.
    """
    _refuse(stage_faults(stage))
    catalog = catalog or load_catalog(declaration.catalog)
    faults = check_declaration(declaration, catalog)
    if faults:
        raise DeclarationError(faults)
    sizing = size_runner(declaration, catalog)
    names = platform or platform_names(declaration.pipeline, stage)
    calendars = dict(catalog.calendars)
    context = plan_context(declaration, stage, names, sizing.max_concurrency).model_copy(
        update={"calendars": calendars}
    )
    return _Composition(declaration, context, catalog, sizing).plan()


class _Composition:
    """The parts of one plan, each made once in the order in which they depend on each other."""

    def __init__(
        self, declaration: PipelineDeclaration, context: PlanContext, catalog: Catalog, sizing: Sizing
    ) -> None:
        self.declaration = declaration
        self.context = context
        self.sizing = sizing
        self.longest_environment = catalog.limits.lambda_environment
        self.fan_out = FanOutParts(declaration, declaration.fan_out, context, catalog) if declaration.fan_out else None
        self.mapping = plan_mapping(declaration, context.runner, self.sizing.max_concurrency)
        self.controlled = plan_back_pressure(declaration, context, catalog, self.mapping)
        self.control_queues = self.controlled.queues if self.controlled else ()
        self.contributions = self._contributions()
        self.contract = plan_contract(declaration)
        self.request = plan_request(declaration)
        self.queues = self._queues()
        letters = next((queue for queue in self.queues if queue.id == DEAD_LETTERS), None)
        self.workflow = plan_workflow(declaration, context, catalog, self.contract, letters)
        self.functions = tuple(self._finished(function) for function in self._functions())
        _refuse(id_faults(self.functions, self._other_ids(), function_places(declaration)))

    def _other_ids(self) -> tuple[str, ...]:
        machine = (self.workflow.state_machine,) if self.workflow else ()
        return tuple(part.id for part in (*self.queues, *self.control_queues, *self._resources, *machine))

    @property
    def _resources(self) -> tuple[ResourcePlan, ...]:
        added = self.workflow.resources if self.workflow else ()
        return (*(resource for part in self.contributions for resource in part.resources), *added)

    def _costs(self) -> tuple[CostDriver, ...]:
        steps = workflow_costs(self.workflow.state_machine, self.workflow.functions) if self.workflow else ()
        workers = self.fan_out.costs(self.functions) if self.fan_out else ()
        return (*pipeline_costs(self.functions[0], self.declaration, self.contributions), *steps, *workers)

    def _budget(self) -> BudgetPlan:
        budget = self.declaration.budget
        return BudgetPlan(monthly_usd=budget.monthly_usd, events_per_month=budget.events_per_month)

    @property
    def _streams(self) -> tuple[StreamPlan, ...]:
        return tuple(stream for part in self.contributions for stream in part.streams)

    def plan(self) -> PipelinePlan:
        declaration, context = self.declaration, self.context
        plan = PipelinePlan(
            pipeline=declaration.pipeline,
            stage=context.stage,
            owner=declaration.owner,
            data_class=declaration.data_class,
            tags=tuple(Variable(name=name, value=value) for name, value in sorted(self._tags().items())),
            catalog=declaration.catalog,
            manifest_hash=context.manifest_hash,
            source=declaration.source.type,
            runner_class=declaration.taker.class_,
            runner_size=declaration.taker.size,
            network=context.network,
            platform=context.platform,
            contract=self.contract,
            request=self.request,
            runner=declaration.taker.function_id(),
            functions=self.functions,
            queues=(*self.queues, *self.control_queues),
            mappings=self._mappings(),
            routes=tuple(route for part in self.contributions for route in part.routes),
            alarms=self._alarms(),
            dashboard=context.name("pipeline") if declaration.observability.dashboard else None,
            runbook=self._runbook(),
            cost_drivers=self._costs(),
            budget=self._budget(),
            overrides=(),
            back_pressure=self.controlled.plan if self.controlled else None,
            resources=self._resources,
            streams=self._streams,
            state_machine=self.workflow.state_machine if self.workflow else None,
            fan_out=self.fan_out.plan if self.fan_out else None,
            schedule=next((part.schedule for part in self.contributions if part.schedule), None),
        )
        bounds = bound_faults(plan, self.longest_environment, function_places(declaration))
        _refuse((*bounds, *self_trigger_faults(plan)))
        return plan.model_copy(update={"overrides": plan_overrides(plan, declaration.overrides)})

    def _contributions(self) -> tuple[Contribution, ...]:
        declaration, context = self.declaration, self.context
        outputs = (output.contribute(context, f"outputs[{i}]") for i, output in enumerate(declaration.outputs))
        control = (self.controlled.contribution,) if self.controlled else ()
        stores = (store.contribute(context, f"stores[{i}]") for i, store in enumerate(declaration.stores))
        first = (declaration.source.contribute(context), declaration.network.contribute(context))
        pulls = (checkpoint_part(declaration.checkpoint, context),) if declaration.checkpoint else ()
        shares = (self.fan_out.contribution,) if self.fan_out else ()
        targets = (*outputs, *stores) if self.fan_out is None else map(for_others, (*outputs, *stores))
        return (*first, *targets, *control, *pulls, *shares)

    def _queues(self) -> tuple[QueuePlan, ...]:
        """Return the buffer, if there is one, then the dead-letter queue, then that of groups."""
        queue, delivery = self.declaration.queue, self.declaration.source.delivery()
        if delivery == "answer":
            return ()
        timeout = timedelta(seconds=self.sizing.timeout)
        visibility = queue.visibility_timeout or default_visibility_timeout(timeout, queue.max_batching_window)
        seconds = int(visibility.total_seconds())
        if delivery == "stream":
            return (plan_dead_letters(self.declaration, self._dlq_name, seconds), *self._other_queues())
        buffer = plan_buffer(self.declaration, self.context.queue_name, seconds)
        dead_letters = plan_dead_letters(self.declaration, self._dlq_name, seconds)
        return (buffer, dead_letters, *self._other_queues())

    def _other_queues(self) -> Iterable[QueuePlan]:
        """Yield those of workers, then that of groups."""
        yield from self.fan_out.queues if self.fan_out else ()
        if self.declaration.fan_in is not None:
            yield plan_groups(self.declaration, self.context.name(GROUPS), self.sizing.timeout)

    @property
    def _dlq_name(self) -> str:
        return queue_name(self.declaration, self.context.stage, DEAD_LETTERS)

    def _mappings(self) -> tuple[MappingPlan, ...]:
        cap, fan_in = self.sizing.max_concurrency, self.declaration.fan_in
        first = (self.mapping,) if self.declaration.source.delivery() == "queue" else ()
        workers = self.fan_out.mappings if self.fan_out else ()
        groups = (plan_groups_mapping(fan_in, cap),) if fan_in else ()
        control = (self.controlled.mapping,) if self.controlled else ()
        return (*first, *workers, *groups, *control)

    def _functions(self) -> tuple[FunctionPlan, ...]:
        declared, parts = taking(self.declaration, self.contributions)
        runner = starting(
            plan_runner(declared, self.context, self.sizing, parts, self.contract, self.queues, request=self.request),
            self.declaration,
            self.context,
        )
        steps = self.workflow.functions if self.workflow else ()
        others = (*(function for part in self.contributions for function in part.functions), *steps)
        if self.fan_out is not None:
            return (runner, *others, *self.fan_out.functions(runner, self.queues[-1]))
        if self.declaration.fan_in is None:
            return (runner, *others)
        added = (self.declaration, self.context, self.queues[-1])
        return (collecting(runner, *added), *others, plan_consolidator(runner, *added, self.declaration.fan_in))

    def _finished(self, function: FunctionPlan) -> FunctionPlan:
        """Add what every function of a pipeline has: telemetry, and the key when the platform has one of its own."""
        variables = {variable.name: variable for variable in telemetry(function.name, self.context)}
        variables |= {variable.name: variable for variable in function.environment}
        added = list(grants.telemetry_grants(function.name, tracing=function.tracing))
        if self.context.platform.key_parameter:
            added.append(grants.key_grant(grants.at_deployment(self.context.platform.key_parameter)))
        return function.model_copy(
            update={"environment": tuple(variables.values()), "grants": (*function.grants, *added)}
        )

    def _alarms(self) -> tuple[AlarmPlan, ...]:
        return Watched(
            declaration=self.declaration,
            prefix=f"{self.declaration.pipeline}-{self.context.stage}",
            runbook=self._runbook(),
            functions=self.functions,
            queues=self.queues,
            control_queues=self.control_queues,
            streams=self._streams,
            request=self.request,
            workflow=self.workflow,
            fan_out=self.fan_out,
        ).alarms()

    def _runbook(self) -> str:
        return self.declaration.observability.runbook or DEFAULT_RUNBOOK

    def _tags(self) -> dict[str, str]:
        declaration = self.declaration
        return {
            **declaration.tags,
            "pipeline": declaration.pipeline,
            "owner": declaration.owner,
            "stage": self.context.stage,
            "data-class": declaration.data_class,
        }


def _refuse(faults: Iterable[Fault]) -> None:
    found = tuple(faults)
    if found:
        raise PlanError(found)
