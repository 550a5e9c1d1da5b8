"""The function that checks webhook signatures before anything is queued; a gateway authorizer sees no body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._http.front import enqueue_grant, front_costs, front_function
from constructs_lib.model.functions import Condition, FunctionPlan, Grant, Variable
from constructs_lib.model.names import secret_arn, table_arn
from constructs_lib.model.plan import CostDriver
from functions.contract.environment import Variable as Name
from functions.contract.environment import WebhookSettings
from functions.contract.state import own_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.event_sources._http.auth import Hmac
    from constructs_lib.model.plan_context import PlanContext

VERIFY = "verify"
"""Id of the verifying function in the plan."""


def verifier(
    auth: Hmac, context: PlanContext, max_body: int | None = None, *, large_bodies: bool = False
) -> FunctionPlan:
    """Return the function: its role reads one secret, remembers signatures and sends to one queue."""
    settings = _settings(auth, context, max_body, large_bodies=large_bodies)
    return front_function(
        VERIFY,
        context,
        task=f"Checks webhook signatures for the pipeline {context.pipeline} and queues what is genuine.",
        handler="functions.verify_webhook.handler.handler",
        settings=(
            Variable(name=Name.STATE_TABLE, value=context.platform.state_table),
            Variable(name=Name.WEBHOOK, value=settings.to_json()),
        ),
        grants=tuple(_grants(auth, context)),
        keeps_bodies=large_bodies,
    )


def _settings(auth: Hmac, context: PlanContext, max_body: int | None, *, large_bodies: bool) -> WebhookSettings:
    return WebhookSettings(
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


def _grants(auth: Hmac, context: PlanContext) -> Iterator[Grant]:
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
