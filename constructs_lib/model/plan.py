"""The plan of a pipeline: what will exist, under which names, with which limits and grants.

It is plain data, frozen and free of AWS libraries: every construct, rule, price, picture and local run reads it. Texts
may hold what only a deployment resolves: the pseudo parameters of CloudFormation such as ``${AWS::Region}``,
``${Mapping.id}`` for the id of a mapping, and ``${Stream.id}`` for the ARN of the stream of a resource.
"""

from __future__ import annotations

from typing import TypeVar

from constructs_lib.model.base import Frozen
from constructs_lib.model.fan_out import FanOutPlan
from constructs_lib.model.functions import FunctionPlan, Variable
from constructs_lib.model.intake import MappingPlan, QueuePlan, RoutePlan
from constructs_lib.model.resources import ResourcePlan, SchedulePlan, StreamPlan
from constructs_lib.model.state_machine import StateMachinePlan


class AlarmPlan(Frozen):
    """One CloudWatch alarm; ``period`` in seconds. The description names the owner and the runbook."""

    id: str
    name: str
    description: str
    namespace: str
    metric: str
    dimensions: tuple[Variable, ...]
    statistic: str
    period: int
    evaluation_periods: int
    threshold: float
    comparison: str = "GreaterThanOrEqualToThreshold"
    silent: bool = False
    """Whether it goes off when its metric falls silent."""


class CostDriver(Frozen):
    """What one event, or a month without any, costs in units of one meter of the catalogue's price list."""

    meter: str
    quantity_per_event: float
    quantity_per_month: float = 0.0
    needed_by: str


class ContractPlan(Frozen):
    """The contract that records are checked against; ``schema_file`` is absolute on the machine that synthesises."""

    id: str
    version: str
    schema_file: str | None
    """None where the body is free."""
    schema_hash: str
    on_invalid: str
    on_drift: str


class RequestPlan(Frozen):
    """Schemas beside the contract's, absolute on the machine that synthesises; None where anything goes."""

    parameters_file: str | None = None
    """Of path, query and headers."""
    response_file: str | None = None


class BackPressurePlan(Frozen):
    """When a dependency is left alone; the timeout in seconds."""

    dependency: str
    budget: int
    """Records that the pipelines of the platform may have in work against the dependency at once."""
    failure_threshold: int
    recovery_timeout: int
    action: str
    counts: str
    """``handler``, or ``landing`` where the dependency stands behind an output of the pipeline."""


class OverridePlan(Frozen):
    """A property set by hand on one resource of the plan, with the reason."""

    resource: str
    property: str
    value: str | int | float | bool | None
    reason: str


class BudgetPlan(Frozen):
    """What the owner expects: US dollars and events a month."""

    monthly_usd: float | None
    events_per_month: int | None


class PlatformNames(Frozen):
    """Names of what pipelines share in one account and environment."""

    platform: str
    stage: str
    raw_bucket: str
    evidence_bucket: str
    """Bucket of the ledger's archive and of the seals over it."""
    ledger_table: str
    state_table: str
    alarm_topic: str
    """SNS topic that every alarm of the platform's pipelines reports to."""
    event_bus: str
    """EventBridge bus that the platform's pipelines tell what happened on."""
    layer_parameter: str
    """SSM parameter that holds the runtime layer's ARN."""
    key_parameter: str | None = None
    """SSM parameter that holds the ARN of the customer managed key; None with AWS owned keys."""


class PipelinePlan(Frozen):
    """Everything that one pipeline will be."""

    pipeline: str
    stage: str
    owner: str
    data_class: str
    tags: tuple[Variable, ...]
    catalog: str
    manifest_hash: str
    source: str
    runner_class: str
    runner_size: str
    network: str
    platform: PlatformNames
    contract: ContractPlan | None
    request: RequestPlan = RequestPlan()
    runner: str
    """Id of the function that runs the user's handler."""
    functions: tuple[FunctionPlan, ...]
    queues: tuple[QueuePlan, ...]
    mappings: tuple[MappingPlan, ...]
    routes: tuple[RoutePlan, ...]
    alarms: tuple[AlarmPlan, ...]
    dashboard: str | None
    """Name of the dashboard, or None when it is switched off."""
    runbook: str
    cost_drivers: tuple[CostDriver, ...]
    budget: BudgetPlan
    overrides: tuple[OverridePlan, ...]
    back_pressure: BackPressurePlan | None = None
    resources: tuple[ResourcePlan, ...] = ()
    """What the source, the network and the outputs make or use."""
    streams: tuple[StreamPlan, ...] = ()
    schedule: SchedulePlan | None = None
    state_machine: StateMachinePlan | None = None
    """What runs the steps of a workflow; None without one."""

    fan_out: FanOutPlan | None = None
    """Who works on the records; None where one function does, or a workflow."""

    @property
    def runs_per_event(self) -> float:
        """How many runs one event causes at most, besides the one that takes it: the multiplication of the plan."""
        if self.fan_out is not None:
            return float(self.fan_out.messages_per_event * len(self.fan_out.workers))
        steps = self.state_machine.steps if self.state_machine else ()
        return sum(step.runs_per_event for step in steps if step.functions)

    @property
    def max_concurrency(self) -> int:
        """Batches that each function of the user or the platform takes at once, at most."""
        return max((mapping.max_concurrency for mapping in self.mappings if not mapping.controls), default=0)

    @property
    def in_work(self) -> int:
        """Records that are in work at once, at most: every worker handles one at a time."""
        return sum(mapping.max_concurrency for mapping in self.mappings if not mapping.controls)

    def function(self, function_id: str) -> FunctionPlan:
        """Return a function by its id; raises ``KeyError`` with the ids that exist."""
        return _by_id(self.functions, function_id)

    def resource(self, resource_id: str) -> ResourcePlan:
        """Return a resource by its id; raises ``KeyError`` with the ids that exist."""
        return _by_id(self.resources, resource_id)

    def queue(self, queue_id: str) -> QueuePlan:
        """Return a queue by its id; raises ``KeyError`` with the ids that exist."""
        return _by_id(self.queues, queue_id)


_Planned = TypeVar("_Planned", FunctionPlan, QueuePlan, ResourcePlan)


def _by_id(items: tuple[_Planned, ...], wanted: str) -> _Planned:
    for item in items:
        if item.id == wanted:
            return item
    raise KeyError(f"{wanted}; known: {', '.join(item.id for item in items)}")
