"""What the platform's resources themselves allow and refuse, whatever the role of the caller says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Aws, aws_iam

from constructs_lib.model.names import event_bus_arn, table_arn, topic_arn
from constructs_lib.patterns.pseudo_parameters import with_tokens

if TYPE_CHECKING:
    from aws_cdk import aws_s3

LEDGER_CHANGES = ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete")
"""Calls that can change or remove an item; ``PartiQLInsert`` is the one that can only add."""


def no_removal(bucket: aws_s3.Bucket) -> aws_iam.PolicyStatement:
    """Nobody but the account's root user removes what has landed; lifecycle rules are not bound by bucket policies."""
    return _denied_but_to_root("NoRemoval", bucket, ["s3:DeleteObject", "s3:DeleteObjectVersion"])


def lock_kept(bucket: aws_s3.Bucket, days: int) -> tuple[aws_iam.PolicyStatement, ...]:
    """Nobody but the account's root user loosens the lock of an object, or adds one with less than ``days`` days."""
    shorter = {"NumericLessThan": {"s3:object-lock-remaining-retention-days": str(days)}}
    return (
        _denied_but_to_root("NoBypass", bucket, ["s3:BypassGovernanceRetention"]),
        _denied_but_to_root("NoShorterRetention", bucket, ["s3:PutObjectRetention"], shorter),
    )


def _denied_but_to_root(
    sid: str, bucket: aws_s3.Bucket, actions: list[str], conditions: dict[str, Any] | None = None
) -> aws_iam.PolicyStatement:
    root = with_tokens("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")
    return aws_iam.PolicyStatement(
        sid=sid,
        effect=aws_iam.Effect.DENY,
        principals=[aws_iam.AnyPrincipal()],
        actions=actions,
        resources=[bucket.arn_for_objects("*")],
        conditions={"ArnNotEquals": {"aws:PrincipalArn": root}, **(conditions or {})},
    )


def alarms_may_publish(topic: str) -> aws_iam.PolicyStatement:
    """A policy on a topic replaces the default one, by which alarms of the account would have been let in."""
    return aws_iam.PolicyStatement(
        sid="AlarmsOfThisAccount",
        principals=[aws_iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[with_tokens(topic_arn(topic))],
        conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
    )


def buses_may_use_key() -> aws_iam.PolicyStatement:
    """EventBridge encrypts what is on the buses of this account's pipelines, whose names the platform does not know."""
    buses = with_tokens(event_bus_arn("*"))
    return aws_iam.PolicyStatement(
        sid="EventBusesOfThisAccount",
        principals=[aws_iam.ServicePrincipal("events.amazonaws.com")],
        actions=["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
        resources=["*"],
        conditions={
            "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": buses},
            "StringLike": {"kms:EncryptionContext:aws:events:event-bus:arn": buses},
        },
    )


def append_only(table: str) -> aws_iam.PolicyDocument:
    """Nobody, whatever their own role says, can change or remove an entry of the ledger."""
    statement = aws_iam.PolicyStatement(
        sid="AppendOnly",
        effect=aws_iam.Effect.DENY,
        principals=[aws_iam.AnyPrincipal()],
        actions=[f"dynamodb:{call}" for call in LEDGER_CHANGES],
        resources=[with_tokens(table_arn(table))],
    )
    return aws_iam.PolicyDocument(statements=[statement])
