"""The table of a store as plain CloudFormation: on demand, recoverable to any second, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.stores._table_keys import pairs

if TYPE_CHECKING:
    from constructs_lib.stores._table_keys import Keyed
    from constructs_lib.stores.table import Table


def table_resource(store: Table, name: str, key: object | None) -> dict[str, Any]:
    """Return the table; ``key`` stands for the ARN of the platform's own key, without one the service's encrypts."""
    keyed: tuple[Keyed, ...] = (store, *store.indexes)
    attributes = {attribute: kind for keys in keyed for attribute, kind in pairs(keys)}
    properties: dict[str, Any] = {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": kind} for n, kind in attributes.items()],
        "KeySchema": _schema(store),
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
        "DeletionProtectionEnabled": True,
    }
    if store.indexes:
        properties["GlobalSecondaryIndexes"] = [
            {"IndexName": index.name, "KeySchema": _schema(index), "Projection": {"ProjectionType": "ALL"}}
            for index in store.indexes
        ]
    if store.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": store.ttl, "Enabled": True}
    if store.stream:
        properties["StreamSpecification"] = {"StreamViewType": store.stream.upper()}
    if key is not None:
        properties["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    return {
        "Type": "AWS::DynamoDB::Table",
        "DeletionPolicy": "Retain",
        "UpdateReplacePolicy": "Retain",
        "Properties": properties,
    }


def stream_arn_parameter(name: str, table: str) -> dict[str, Any]:
    """Return the parameter that tells other pipelines the ARN of the stream, which no name leads to."""
    return {
        "Type": "AWS::SSM::Parameter",
        "Properties": {"Name": name, "Type": "String", "Value": {"Fn::GetAtt": [table, "StreamArn"]}},
    }


def _schema(keys: Keyed) -> list[dict[str, str]]:
    return [
        {"AttributeName": name, "KeyType": role}
        for role, (name, _) in zip(("HASH", "RANGE"), pairs(keys), strict=False)
    ]
