"""The platform's tables: the ledger, which only grows, and the short-lived state."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, aws_dynamodb

from constructs_lib.patterns.resource_policies import append_only
from functions.contract import ledger, state

if TYPE_CHECKING:
    from aws_cdk import aws_iam, aws_kms
    from constructs import Construct


def build_ledger(scope: Construct, name: str, key: aws_kms.Key | None) -> aws_dynamodb.Table:
    """Make the ledger; its stream feeds the archive, and runs that continue another are found by an index."""
    table = _table(
        scope,
        "Ledger",
        name,
        (ledger.PARTITION_KEY, ledger.SORT_KEY, ledger.TTL_ATTRIBUTE),
        key=key,
        stream=aws_dynamodb.StreamViewType.NEW_IMAGE,
        resource_policy=append_only(name),
    )
    table.add_global_secondary_index(index_name=ledger.PARENT_INDEX, partition_key=_text(ledger.PARENT_ATTRIBUTE))
    return table


def build_state(scope: Construct, name: str, key: aws_kms.Key | None) -> aws_dynamodb.Table:
    """Make the table of claims and nonces."""
    return _table(scope, "State", name, (state.PARTITION_KEY, state.SORT_KEY, state.TTL_ATTRIBUTE), key=key)


def _table(
    scope: Construct,
    id: str,
    name: str,
    attributes: tuple[str, str, str],
    *,
    key: aws_kms.Key | None,
    stream: aws_dynamodb.StreamViewType | None = None,
    resource_policy: aws_iam.PolicyDocument | None = None,
) -> aws_dynamodb.Table:
    """``attributes`` are the names of partition key, sort key and time to live."""
    partition_key, sort_key, time_to_live = attributes
    return aws_dynamodb.Table(
        scope,
        id,
        table_name=name,
        partition_key=_text(partition_key),
        sort_key=_text(sort_key),
        time_to_live_attribute=time_to_live,
        billing_mode=aws_dynamodb.BillingMode.PAY_PER_REQUEST,
        point_in_time_recovery_specification=_recoverable(),
        deletion_protection=True,
        stream=stream,
        encryption_key=key,
        resource_policy=resource_policy,
        removal_policy=RemovalPolicy.RETAIN,
    )


def _text(name: str) -> aws_dynamodb.Attribute:
    return aws_dynamodb.Attribute(name=name, type=aws_dynamodb.AttributeType.STRING)


def _recoverable() -> aws_dynamodb.PointInTimeRecoverySpecification:
    return aws_dynamodb.PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True)
