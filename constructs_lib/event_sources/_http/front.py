"""A function of the platform between gateway and queue: what all of its kind have, may do and cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.functions import CodePlan, FunctionPlan, Grant, Variable
from constructs_lib.model.names import objects_arn
from constructs_lib.model.plan import CostDriver
from functions.contract.environment import Variable as Name
from functions.contract.raw import LARGE_PREFIX, own_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.plan_context import PlanContext

MEMORY = 256
"""MiB; more buys CPU that a function in front of the queue does not use."""
TIMEOUT = 10
"""Seconds; API Gateway itself gives up after 30."""
BILLED_SECONDS = 0.02
"""Billed seconds of one request that the price assumes."""


def front_function(
    id: str,
    context: PlanContext,
    *,
    task: str,
    handler: str,
    settings: tuple[Variable, ...],
    grants: tuple[Grant, ...],
    keeps_bodies: bool,
) -> FunctionPlan:
    """Return the function: platform code that sends to one queue and may keep what no message holds."""
    return FunctionPlan(
        id=id,
        name=context.name(id),
        description=task,
        handler=handler,
        code=CodePlan(origin="platform"),
        memory=MEMORY,
        timeout=TIMEOUT,
        environment=tuple(_environment(context, settings, keeps_bodies=keeps_bodies)),
        grants=(*grants, *((_large_grant(context, "s3:PutObject"),) if keeps_bodies else ())),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def _environment(context: PlanContext, settings: tuple[Variable, ...], *, keeps_bodies: bool) -> Iterator[Variable]:
    yield Variable(name=Name.PIPELINE, value=context.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.QUEUE_URL, value=context.queue_url)
    yield from settings
    if keeps_bodies:
        yield Variable(name=Name.RAW_BUCKET, value=context.platform.raw_bucket)
    if context.tenant is not None:
        yield Variable(name=Name.TENANT, value=context.tenant)


def enqueue_grant(context: PlanContext) -> Grant:
    """Return the grant of a function in front of the queue to send to it."""
    return Grant(sid="Enqueue", actions=("sqs:SendMessage",), resources=(context.queue_arn,), needed_by="source")


def fetch_grant(context: PlanContext) -> Grant:
    """Return the grant of the runner to fetch the bodies that no message holds."""
    return _large_grant(context, "s3:GetObject")


def _large_grant(context: PlanContext, action: str) -> Grant:
    objects = objects_arn(context.platform.raw_bucket, own_objects(LARGE_PREFIX, context.pipeline))
    return Grant(sid="LargeBodies", actions=(action,), resources=(objects,), needed_by="source.large_bodies")


def front_costs(place: str) -> Iterator[CostDriver]:
    """Yield what a function in front of the queue costs for each request."""
    yield CostDriver(meter="lambda-request", quantity_per_event=1, needed_by=place)
    gb_seconds = BILLED_SECONDS * MEMORY / 1024
    yield CostDriver(meter="lambda-gb-second", quantity_per_event=gb_seconds, needed_by=place)
