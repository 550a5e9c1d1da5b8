"""The table and the stream that a pipeline makes of its own, as plain CloudFormation: encrypted, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

ROLES = ("HASH", "RANGE")


def table(site: Site, name: str, keys: tuple[tuple[str, str], ...], view: str) -> dict[str, Any]:
    """Return a table on demand with a stream; ``keys`` are names and types.

    It is kept even after a first deployment that failed: its deletion protection would fail the rollback, too.
    """
    properties: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": kind} for key, kind in keys],
        "KeySchema": [{"AttributeName": key, "KeyType": role} for role, (key, _) in zip(ROLES, keys, strict=False)],
        "StreamSpecification": {"StreamViewType": view.upper()},
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    key = site.platform_key()
    if key is not None:
        properties["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    return _kept("AWS::DynamoDB::Table", properties, "Retain")


def stream(name: str, hours: int, shards: int | None, key: str | None) -> dict[str, Any]:
    """Return a Kinesis stream, on demand where no number of shards is given."""
    mode = {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}}
    properties: dict[str, Any] = {
        "Name": name,
        "RetentionPeriodHours": hours,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": key or "alias/aws/kinesis"},
        **(mode if shards is None else {"StreamModeDetails": {"StreamMode": "PROVISIONED"}, "ShardCount": shards}),
    }
    return _kept("AWS::Kinesis::Stream", properties, "RetainExceptOnCreate")


def _kept(kind: str, properties: dict[str, Any], deletion: str) -> dict[str, Any]:
    return {
        "Type": kind,
        "DeletionPolicy": deletion,
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }
