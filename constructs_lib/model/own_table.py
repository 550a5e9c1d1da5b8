"""A table that a pipeline brings, as plain CloudFormation: on demand, recoverable to any second, and kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.model.table_keys import pairs

if TYPE_CHECKING:
    from constructs_lib.model.table_keys import Index, Keyed


class TableForm(Protocol):
    """What decides how a table is made."""

    @property
    def partition_key(self) -> str:
        """The attribute that items of one partition share."""

    @property
    def sort_key(self) -> str | None:
        """The attribute that sorts them."""

    @property
    def indexes(self) -> tuple[Index, ...]:
        """Other ways to find items."""

    @property
    def ttl(self) -> str | None:
        """The attribute with the second from which on an item may be removed."""

    @property
    def stream(self) -> str | None:
        """What a stream tells of each change."""


@dataclass(frozen=True)
class OwnTable:
    """A table of nothing but its keys."""

    partition_key: str
    sort_key: str | None = None
    indexes: tuple[Index, ...] = ()
    ttl: str | None = None
    stream: str | None = None


def table_resource(store: TableForm, name: str, key: object | None) -> dict[str, Any]:
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
