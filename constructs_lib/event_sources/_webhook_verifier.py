"""The function that checks webhook signatures before anything is queued; a gateway authorizer sees no body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._request_taker import (
    FRONT_MEMORY,
    FRONT_TIMEOUT,
    enqueue_grant,
    front_costs,
    keep_grant,
)
from constructs_lib.model.names import secret_arn, table_arn
from constructs_lib.model.plan import CodePlan, Condition, CostDriver, FunctionPlan, Grant, Variable
from functions.contract.environment import Variable as Name
from functions.contract.environment import WebhookSettings
from functions.contract.state import own_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.event_sources._http_auth import Hmac
    from constructs_lib.model.kinds import PlanContext

VERIFY = "verify"
"""Id of the verifying function in the plan."""


def verifier(
    auth: Hmac, context: PlanContext, max_body: int | None = None, *, large_bodies: bool = False
) -> FunctionPlan:
    """Return the function: platform code under a role that reads one secret and sends to one queue."""
    return FunctionPlan(
        id=VERIFY,
        name=context.name(VERIFY),
        description=f"Checks webhook signatures for the pipeline {context.pipeline} and queues what is genuine.",
        handler="functions.verify_webhook.handler.handler",
        code=CodePlan(origin="platform"),
        memory=FRONT_MEMORY,
        timeout=FRONT_TIMEOUT,
        environment=tuple(_verifier_environment(auth, context, max_body, large_bodies=large_bodies)),
        grants=(*_verifier_grants(auth, context), *((keep_grant(context),) if large_bodies else ())),
        tracing=context.tracing,
        log_retention_days=context.log_retention_days,
        network=context.network,
    )


def _verifier_environment(
    auth: Hmac, context: PlanContext, max_body: int | None, *, large_bodies: bool
) -> Iterator[Variable]:
    webhook = WebhookSettings(
        secret=auth.secret,
        header=auth.header,
        timestamp_header=auth.timestamp_header,
        encoding=auth.encoding,
        prefix=auth.prefix,
        tolerance_seconds=int(auth.tolerance.total_seconds()),
        remember_seconds=0 if auth.timestamp_header else int(context.claim_ttl.total_seconds()),
        max_body=max_body or 0,
        large_bodies=large_bodies,
        group_key=context.group_key,
    )
    yield Variable(name=Name.PIPELINE, value=context.pipeline)
    yield Variable(name=Name.STAGE, value=context.stage)
    yield Variable(name=Name.STATE_TABLE, value=context.platform.state_table)
    yield Variable(name=Name.QUEUE_URL, value=context.queue_url)
    yield Variable(name=Name.WEBHOOK, value=webhook.to_json())
    if large_bodies:
        yield Variable(name=Name.RAW_BUCKET, value=context.platform.raw_bucket)
    if context.tenant is not None:
        yield Variable(name=Name.TENANT, value=context.tenant)


def _verifier_grants(auth: Hmac, context: PlanContext) -> Iterator[Grant]:
    own = Condition(
        operator="ForAllValues:StringLike", key="dynamodb:LeadingKeys", values=(own_keys(context.pipeline),)
    )
    yield Grant(
        sid="RememberSignatures",
        actions=("dynamodb:GetItem", "dynamodb:PutItem"),
        resources=(table_arn(context.platform.state_table),),
        conditions=(own,),
        needed_by="source.auth.tolerance",
    )
    yield enqueue_grant(context)
    yield Grant(
        sid="SigningKey",
        actions=("secretsmanager:GetSecretValue",),
        resources=(secret_arn(auth.secret),),
        needed_by="source.auth.secret",
    )


def verifier_costs() -> Iterator[CostDriver]:
    """Yield what one check costs; it writes one item that remembers the signature."""
    place = "source.auth"
    yield from front_costs(place)
    yield CostDriver(meter="dynamodb-write", quantity_per_event=1, needed_by=place)
