"""What fan-in adds to a pipeline: the queue of groups, the function that consolidates, and what both may do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.composition import grants
from constructs_lib.composition.queues import DEAD_LETTERS, max_receive_count
from constructs_lib.model.functions import FunctionPlan, Grant, Variable
from constructs_lib.model.intake import MappingPlan, QueuePlan
from constructs_lib.model.names import objects_arn, queue_arn, queue_url, table_arn
from constructs_lib.model.timings import default_claim_ttl, default_visibility_timeout
from functions.contract.environment import FanInSettings, IdempotencySettings, TenantSettings
from functions.contract.environment import Variable as Name
from functions.contract.raw import RAW_PREFIX, own_objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from constructs_lib.declaration.fan_in import FanIn
    from constructs_lib.declaration.fan_out import FanOut
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.plan_context import PlanContext

GROUPS = "groups"
MAPPING = "groups-to-consolidator"
SIGNALS_KEPT = timedelta(days=14)
"""How long a signal of a group is kept: as long as SQS can, from before its timeout to after its retries."""
OF_RECORDS_ALONE = (Name.CONTRACT, Name.SECRETS, Name.FAN_IN)
"""Variables of the runner that the consolidator does not share."""
OF_RECORDS_GRANTS = ("TakeMessages", "Secrets", "Groups", "Signals")


def plan_groups(declaration: PipelineDeclaration, name: str, timeout: int) -> QueuePlan:
    """Return the queue of groups; each message is a signal of one group, and waits until the group is due."""
    visibility = default_visibility_timeout(timedelta(seconds=timeout), timedelta())
    return QueuePlan(
        id=GROUPS,
        name=name,
        arn=queue_arn(name),
        url=queue_url(name),
        visibility_timeout=_seconds(visibility),
        retention_period=_seconds(SIGNALS_KEPT),
        dead_letter_queue=DEAD_LETTERS,
        max_receive_count=max_receive_count(declaration),
    )


def plan_groups_mapping(fan_in: FanIn, max_concurrency: int) -> MappingPlan:
    """Return the mapping: one group a run, so that each has the whole of a run's time and memory."""
    return MappingPlan(
        id=MAPPING,
        queue=GROUPS,
        function=fan_in.function_id(),
        batch_size=1,
        max_batching_window=0,
        max_concurrency=max_concurrency,
    )


def collecting(
    runner: FunctionPlan, declaration: PipelineDeclaration, context: PlanContext, groups: QueuePlan
) -> FunctionPlan:
    """Return the runner with what it needs to register parts and to send signals."""
    variable = Variable(name=Name.FAN_IN, value=_settings(declaration, groups).to_json())
    signals = Grant(sid="Signals", actions=("sqs:SendMessage",), resources=(groups.arn,), needed_by="fan_in")
    return runner.model_copy(
        update={
            "environment": (*runner.environment, variable),
            "grants": (*runner.grants, _groups_grant(declaration, context), signals),
        }
    )


def plan_consolidator(
    runner: FunctionPlan, declaration: PipelineDeclaration, context: PlanContext, groups: QueuePlan, fan_in: FanIn
) -> FunctionPlan:
    """Return the consolidating function: the runner's size, code and outputs, with a role and a queue of its own.

    It reads what the pipeline has landed, and no secret: those are the runner's.
    """
    kept = {variable.name: variable for variable in runner.environment if variable.name not in OF_RECORDS_ALONE}
    own = {variable.name: variable for variable in _environment(declaration, groups)}
    return runner.model_copy(
        update={
            "id": fan_in.function_id(),
            "name": context.name(fan_in.function_id().replace("_", "-")),
            "description": f"Consolidates the groups of the pipeline {declaration.pipeline} by {fan_in.handler}.",
            "handler": fan_in.handler.replace(":", "."),
            "code": runner.code.model_copy(update={"package": fan_in.handler.partition(":")[0].partition(".")[0]}),
            "environment": tuple((kept | own).values()),
            "grants": tuple(_grants(runner, declaration, context, groups)),
        }
    )


def of_workers(fan_in: FanIn, fan_out: FanOut) -> FanIn:
    """Return the terms under which results of workers are joined: a group is a record, its parts are the workers'."""
    parts = len(fan_out.workers) * fan_out.messages_per_event()
    return fan_in.model_copy(
        update={"group": ("share.token",), "part": "share.part", "expected": "share.expected", "max_items": parts}
    )


def _settings(declaration: PipelineDeclaration, groups: QueuePlan) -> FanInSettings:
    fan_in, queue = declaration.fan_in, declaration.queue
    if fan_in is None:
        raise ValueError(f"{declaration.pipeline} declares no fan_in")
    kept = declaration.idempotency.ttl or default_claim_ttl(queue.retention_period, queue.dlq.retention_period)
    terms = fan_in if declaration.fan_out is None else of_workers(fan_in, declaration.fan_out)
    return FanInSettings(
        group=terms.group,
        part=terms.part or "",
        expected=terms.expectation(),
        timeout_seconds=_seconds(fan_in.timeout),
        max_items=terms.max_items,
        on_timeout=fan_in.on_timeout,
        queue_url=groups.url,
        ttl_seconds=_seconds(kept + SIGNALS_KEPT),
    )


def _environment(declaration: PipelineDeclaration, groups: QueuePlan) -> Iterator[Variable]:
    """Yield the variables that a signal needs: its identity is its group's, its tenant stands in it."""
    tenant = declaration.tenant
    key = "body.tenant" if tenant.key else None
    ttl = default_claim_ttl(SIGNALS_KEPT, declaration.queue.dlq.retention_period)
    identity = IdempotencySettings(key=("body.group",), ttl_seconds=_seconds(ttl))
    tenants = TenantSettings(key=key, id=tenant.id, isolation=tenant.isolation)
    yield Variable(name=Name.SOURCE, value="group")
    yield Variable(name=Name.TENANT, value=tenants.to_json())
    yield Variable(name=Name.IDEMPOTENCY, value=identity.to_json())
    yield Variable(name=Name.SECRETS, value="[]")
    yield Variable(name=Name.QUEUE_URL, value=groups.url)
    yield Variable(name=Name.FAN_IN, value=_settings(declaration, groups).to_json())


def _grants(
    runner: FunctionPlan, declaration: PipelineDeclaration, context: PlanContext, groups: QueuePlan
) -> Iterable[Grant]:
    landed = objects_arn(context.platform.raw_bucket, own_objects(RAW_PREFIX, context.pipeline))
    yield from (grant for grant in runner.grants if grant.sid not in OF_RECORDS_GRANTS)
    yield grants.take_grant(groups).model_copy(update={"needed_by": "fan_in"})
    yield _groups_grant(declaration, context)
    yield Grant(sid="ReadParts", actions=("s3:GetObject",), resources=(landed,), needed_by="fan_in")


def _groups_grant(declaration: PipelineDeclaration, context: PlanContext) -> Grant:
    return Grant(
        sid="Groups",
        actions=("dynamodb:Query",),
        resources=(table_arn(context.platform.state_table),),
        conditions=grants.own_partition(declaration.pipeline),
        needed_by="fan_in",
    )


def _seconds(duration: timedelta) -> int:
    return int(duration.total_seconds())
