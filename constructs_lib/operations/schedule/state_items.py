"""One item of the state table, read and replaced by an operator as the functions themselves do."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeSerializer

from constructs_lib.operations.ledger import plain
from functions.contract.identity import canonical_json
from functions.contract.state import ABOUT, PARTITION_KEY, REVISION, SORT_KEY, TTL_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

Key = tuple[str, str]


@dataclass(frozen=True)
class StateItems:
    """The state table with an operator's credentials."""

    dynamodb: DynamoDBClient
    table: str

    def read(self, key: Key) -> tuple[dict[str, Any] | None, int]:
        """Return the value of an item and its revision; None and 0 where there is none."""
        answer = self.dynamodb.get_item(TableName=self.table, Key=_names(key), ConsistentRead=True)
        item = plain(answer["Item"]) if "Item" in answer else None
        return (json.loads(item[ABOUT]), int(item[REVISION])) if item else (None, 0)

    def values_of(self, partition: str) -> Iterator[dict[str, Any]]:
        """Yield the values of the items that share a partition key, in the order of their sort keys."""
        pages = self.dynamodb.get_paginator("query").paginate(
            TableName=self.table,
            KeyConditionExpression=f"{PARTITION_KEY} = :own",
            ExpressionAttributeValues={":own": {"S": partition}},
            ConsistentRead=True,
        )
        for item in (plain(item) for page in pages for item in page["Items"]):
            yield json.loads(item[ABOUT])

    def replace(self, key: Key, value: Mapping[str, Any], revision: int, expires_at: int | None = None) -> bool:
        """Return whether the value was put in the place of the revision that was read; another may be faster.

        ``expires_at``, in seconds since 1970, is when the item may be removed; never when absent.
        """
        new = {ABOUT: {"S": canonical_json(dict(value))}, REVISION: {"N": str(revision + 1)}}
        until = {TTL_ATTRIBUTE: {"N": str(expires_at)}} if expires_at is not None else {}
        condition: dict[str, Any] = {"ConditionExpression": f"attribute_not_exists({PARTITION_KEY})"}
        if revision:
            expected = {":old": TypeSerializer().serialize(revision)}
            condition = {"ConditionExpression": f"{REVISION} = :old", "ExpressionAttributeValues": expected}
        try:
            self.dynamodb.put_item(TableName=self.table, Item={**_names(key), **new, **until}, **condition)
        except self.dynamodb.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _names(key: Key) -> dict[str, Any]:
    return {PARTITION_KEY: {"S": key[0]}, SORT_KEY: {"S": key[1]}}
