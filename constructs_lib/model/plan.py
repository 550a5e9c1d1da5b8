"""The plan of a pipeline: what will exist, under which names, with which limits and grants.

It is plain data, frozen and free of AWS libraries: every construct, rule, price, picture and local run reads it. Texts
may hold what only a deployment resolves: the pseudo parameters of CloudFormation such as ``${AWS::Region}``,
``${Mapping.id}`` for the id of a mapping, and ``${Stream.id}`` for the ARN of the stream of a resource.
"""

from __future__ import annotations

from typing import Literal, TypeVar

from constructs_lib.model.base import Frozen
from constructs_lib.model.resources import BundledFile, ResourcePlan, SchedulePlan, StreamPlan


class Variable(Frozen):
    """An environment variable of a function."""

    name: str
    value: str


class Condition(Frozen):
    """A condition of a grant, in IAM's words."""

    operator: str
    key: str
    values: tuple[str, ...]


class Grant(Frozen):
    """One statement of a function's role: exact actions on exact resources, and what needs it."""

    sid: str
    """Letters and digits; unique within the function."""
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: tuple[Condition, ...] = ()
    needed_by: str
    """The part of the declaration that brings the grant, such as ``outputs[0]`` or ``ledger``."""


class CodePlan(Frozen):
    """Where a function's code comes from: the user's folder, or the platform's own functions."""

    origin: Literal["user", "platform"]
    directory: str | None = None
    """Absolute folder that holds the user's handler; None for platform code."""
    package: str | None = None
    """Top-level module or package of the user's handler, relative to ``directory``."""
    requirements: str | None = None
    """Absolute path of the user's requirements file, with hashes."""
    files: tuple[BundledFile, ...] = ()
    """What else the handler's outputs read at run time."""


class FunctionPlan(Frozen):
    """One Lambda function with a role of its own. Memory in MiB, times in seconds."""

    id: str
    name: str
    description: str
    handler: str
    code: CodePlan
    memory: int
    timeout: int
    reserved_concurrency: int | None = None
    environment: tuple[Variable, ...] = ()
    grants: tuple[Grant, ...] = ()
    tracing: bool = True
    log_retention_days: int = 90
    network: str = "public"


class QueuePlan(Frozen):
    """One SQS queue; times in seconds. ``dead_letter_queue`` names another queue of the plan by its id."""

    id: str
    name: str
    arn: str
    url: str
    existing: bool = False
    visibility_timeout: int
    retention_period: int
    fifo: bool = False
    content_based_deduplication: bool = False
    """Whether a FIFO queue tells repeats by their bodies, where the sender gives no id."""
    dead_letter_queue: str | None = None
    max_receive_count: int | None = None


class MappingPlan(Frozen):
    """An event source mapping from a queue to a function's alias, with partial failures; the window in seconds."""

    id: str
    queue: str
    function: str
    batch_size: int
    max_batching_window: int
    max_concurrency: int
    filters: tuple[str, ...] = ()
    """Patterns as JSON; messages that match none are deleted without an invocation."""
    controls: bool = False
    """Whether it brings messages about the pipeline itself, and no records."""


class RoutePlan(Frozen):
    """One HTTP route. It ends at a function, or at a queue without a function in between."""

    id: str
    api_name: str
    gateway: Literal["http", "rest"] = "http"
    """API Gateway's HTTP API, or its REST API, which alone knows API keys."""
    shared: bool = False
    """Whether other pipelines of the stack have routes of the same API."""
    base_path: str = ""
    """What stands in front of the path in an address: the stage of a REST API."""
    method: str
    path: str
    auth: str
    function: str | None = None
    queue: str | None = None
    throttle_rate: int
    """Requests a second that the route takes steadily."""
    throttle_burst: int
    issuer: str | None = None
    """Who signs the tokens of the route; None without tokens, and where the pipeline makes a user pool."""
    audience: tuple[str, ...] = ()
    """A token is for one of these; empty as the issuer is."""
    scopes: tuple[str, ...] = ()
    """A token has one of these."""
    group_key: str | None = None
    """Field of a request that gives its group where the queue is FIFO; None elsewhere."""
    origins: tuple[str, ...] = ()
    """Web sites whose pages may call the route from a browser."""


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
