"""The function that takes requests in front of the queue where the gateway has checked who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.names import objects_arn
from constructs_lib.model.plan import CodePlan, CostDriver, FunctionPlan, Grant, Variable
from functions.contract.environment import IntakeSettings
from functions.contract.environment import Variable as Name
from functions.contract.raw import LARGE_PREFIX, own_objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.kinds import PlanContext

TAKE = "take"
"""Id of the function in the plan."""
FRONT_MEMORY = 256
"""MiB; more buys CPU that a function in front of the queue does not use."""
FRONT_TIMEOUT = 10
"""Seconds; API Gateway itself gives up after 30."""
FRONT_SECONDS = 0.02
"""Billed seconds of one request that the price assumes."""


def taker(context: PlanContext, max_body: int, claims: tuple[str, ...]) -> FunctionPlan:
    """Return the function: platform code under a role that sends to one queue and keeps bodies below one prefix."""
    return FunctionPlan(
        id=TAKE,
        name=context.name(TAKE),
        description=f"Queues requests for the pipeline {context.pipeline} and keeps bodies that no message holds.",
        handler="functions.take_requests.handler.handler",
        code=CodePlan(origin="platform"),
        memory=FRONT_MEMORY,
        timeout=FRONT_TIMEOUT,
        environment=tuple(_environment(context, IntakeSettings(max_body, context.group_key, claims))),
        grants=(enqueue_grant(context), keep_grant(context)),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def _environment(context: PlanContext, intake: IntakeSettings) -> Iterator[Variable]:
    yield Variable(name=Name.PIPELINE, value=context.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.QUEUE_URL, value=context.queue_url)
    yield Variable(name=Name.INTAKE, value=intake.to_json())
    yield Variable(name=Name.RAW_BUCKET, value=context.platform.raw_bucket)
    if context.tenant is not None:
        yield Variable(name=Name.TENANT, value=context.tenant)


def enqueue_grant(context: PlanContext) -> Grant:
    """Return the grant of a function in front of the queue to send to it."""
    return Grant(sid="Enqueue", actions=("sqs:SendMessage",), resources=(context.queue_arn,), needed_by="source")


def keep_grant(context: PlanContext) -> Grant:
    """Return the grant of a function in front of the queue to keep the bodies that no message holds."""
    return _large_grant(context, "s3:PutObject")


def fetch_grant(context: PlanContext) -> Grant:
    """Return the grant of the runner to fetch the bodies that no message holds."""
    return _large_grant(context, "s3:GetObject")


def _large_grant(context: PlanContext, action: str) -> Grant:
    objects = objects_arn(context.platform.raw_bucket, own_objects(LARGE_PREFIX, context.pipeline))
    return Grant(sid="LargeBodies", actions=(action,), resources=(objects,), needed_by="source.large_bodies")


def front_costs(place: str) -> Iterator[CostDriver]:
    """Yield what a function in front of the queue costs for each request."""
    yield CostDriver(meter="lambda-request", quantity_per_event=1, needed_by=place)
    gb_seconds = FRONT_SECONDS * FRONT_MEMORY / 1024
    yield CostDriver(meter="lambda-gb-second", quantity_per_event=gb_seconds, needed_by=place)
