"""What the runner may do besides its outputs: its own keys, its own queue, its own logs and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.functions import Condition, Grant
from constructs_lib.model.names import event_bus_arn, log_group_arn, objects_arn, secret_arn, table_arn
from functions.contract.event_bus import SOURCE
from functions.contract.raw import QUARANTINE_PREFIX, own_objects
from functions.contract.state import own_keys

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import PlatformNames


def own_partition(pipeline: str) -> tuple[Condition, ...]:
    """Return the condition that holds a role to the items of its own pipeline.

    ``ForAllValues`` holds for a call without keys too (IAM user guide, "Multivalued context keys"), so such a role is
    granted only calls that DynamoDB refuses without a partition key; a ``Null`` condition would add nothing to that.
    """
    keys = (own_keys(pipeline),)
    return (Condition(operator="ForAllValues:StringLike", key="dynamodb:LeadingKeys", values=keys),)


def table_grants(pipeline: str, platform: PlatformNames, *, claims: bool = True) -> Iterable[Grant]:
    """Yield the grants on state, for ``claims``, and ledger, which can be read and added to, never changed."""
    if claims:
        yield Grant(
            sid="Claims",
            actions=("dynamodb:PartiQLInsert", "dynamodb:PartiQLUpdate", "dynamodb:BatchGetItem"),
            resources=(table_arn(platform.state_table),),
            conditions=own_partition(pipeline),
            needed_by="idempotency",
        )
    yield Grant(
        sid="Ledger",
        actions=("dynamodb:PartiQLInsert", "dynamodb:BatchGetItem"),
        resources=(table_arn(platform.ledger_table),),
        conditions=own_partition(pipeline),
        needed_by="ledger",
    )


def take_grant(queue: QueuePlan) -> Grant:
    """Return the grant to take from the buffer and to delay a message."""
    return Grant(
        sid="TakeMessages",
        actions=(
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
            "sqs:ChangeMessageVisibility",
        ),
        resources=(queue.arn,),
        needed_by="queue",
    )


def give_up_grant(dead_letters: QueuePlan) -> Grant:
    """Return the grant to give up on a record."""
    return Grant(
        sid="SendDeadLetters",
        actions=("sqs:SendMessage",),
        resources=(dead_letters.arn,),
        needed_by="queue.dlq",
    )


def quarantine_grant(pipeline: str, platform: PlatformNames) -> Grant:
    """Return the grant to keep refused records in the pipeline's own quarantine."""
    return Grant(
        sid="Quarantine",
        actions=("s3:PutObject",),
        resources=(objects_arn(platform.raw_bucket, own_objects(QUARANTINE_PREFIX, pipeline)),),
        needed_by="contract",
    )


def event_grant(platform: PlatformNames) -> Grant:
    """Return the grant to tell the platform what happened, under the platform's own source alone."""
    return Grant(
        sid="Events",
        actions=("events:PutEvents",),
        resources=(event_bus_arn(platform.event_bus),),
        conditions=(Condition(operator="ForAllValues:StringEquals", key="events:source", values=(SOURCE,)),),
        needed_by="platform",
    )


def secret_grants(secrets: tuple[str, ...]) -> Iterable[Grant]:
    """Yield the grant to read exactly the declared secrets."""
    if secrets:
        yield Grant(
            sid="Secrets",
            actions=("secretsmanager:GetSecretValue",),
            resources=tuple(secret_arn(name) for name in secrets),
            needed_by="runner.secrets",
        )


def telemetry_grants(function_name: str, *, tracing: bool) -> Iterable[Grant]:
    """Yield the grants to write the function's own log and, when it is on, its traces."""
    yield Grant(
        sid="Logs",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(log_group_arn(function_name),),
        needed_by="observability",
    )
    if tracing:
        yield Grant(
            sid="Traces",
            actions=("xray:PutTraceSegments", "xray:PutTelemetryRecords"),
            resources=("*",),
            needed_by="observability.tracing",
        )


def at_deployment(parameter: str) -> str:
    """Return what CloudFormation replaces by the value of an SSM parameter that exists before the deployment."""
    return "{{resolve:ssm:" + parameter + "}}"


def key_grant(key_arn: str) -> Grant:
    """Return the grant to use the platform's own key for what the function reads and writes."""
    return Grant(
        sid="Key", actions=("kms:Decrypt", "kms:GenerateDataKey"), resources=(key_arn,), needed_by="platform.encryption"
    )
