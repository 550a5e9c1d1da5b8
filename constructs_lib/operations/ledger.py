"""Reading the evidence ledger, and adding what an operator did to it; both work with an operator's own credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from functions.contract.ledger import PARTITION_KEY, LedgerEntry, partition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient


class Ledger:
    """The entries of one pipeline. Nothing here can change or remove an entry."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, pipeline: str) -> None:
        """Read ``table`` with a client of the account and region that it stands in."""
        self._dynamodb = dynamodb
        self._table = table
        self.pipeline = pipeline

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        """Return every entry of one run token, oldest first; costs one query."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk",
            ExpressionAttributeValues={":pk": {"S": partition(self.pipeline, run_token)}},
            ConsistentRead=True,
        )
        return _in_order(item for page in pages for item in page["Items"])

    def all(self) -> tuple[LedgerEntry, ...]:
        """Return every entry of the pipeline, oldest first; reads the whole table, which costs accordingly."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            FilterExpression=f"begins_with({PARTITION_KEY}, :own)",
            ExpressionAttributeValues={":own": {"S": partition(self.pipeline, "")}},
            ConsistentRead=True,
        )
        return _in_order(item for page in pages for item in page["Items"])

    def add(self, entry: LedgerEntry) -> None:
        """Insert an entry; one that is there already stays as it is."""
        serialize = TypeSerializer().serialize
        item = entry.to_item()
        names = ", ".join(f"'{name}': ?" for name in item)
        try:
            self._dynamodb.execute_statement(
                Statement=f'INSERT INTO "{self._table}" VALUE {{{names}}}',
                Parameters=[serialize(value) for value in item.values()],
            )
        except self._dynamodb.exceptions.DuplicateItemException:
            return


def _in_order(items: Iterator[Any]) -> tuple[LedgerEntry, ...]:
    deserialize = TypeDeserializer().deserialize
    plain = ({name: deserialize(value) for name, value in item.items()} for item in items)
    entries = (LedgerEntry.from_item(item) for item in plain)
    return tuple(sorted(entries, key=lambda entry: (entry.recorded_at, entry.attempt)))
