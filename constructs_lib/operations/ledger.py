"""Reading the evidence ledger, and adding what an operator did to it; both work with an operator's own credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from constructs_lib.operations.in_order import in_order
from functions.contract.ledger import (
    PARENT_ATTRIBUTE,
    PARENT_INDEX,
    PARTITION_KEY,
    SORT_KEY,
    LedgerEntry,
    Status,
    partition,
    sort,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_dynamodb import DynamoDBClient

SEGMENTS = 8
"""Parts of the table that are scanned at once."""


class Ledger:
    """The entries of one pipeline. Nothing here can change or remove an entry."""

    def __init__(self, dynamodb: DynamoDBClient, table: str, pipeline: str) -> None:
        """Read ``table`` with a client of the account and region that it stands in."""
        self._dynamodb = dynamodb
        self._table = table
        self.pipeline = pipeline

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        """Return every entry of one run token, oldest first; costs one query."""
        return entries_in_order(self.items_of_run_token(run_token))

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return every entry whose run continues a run, oldest first; costs one query of the index."""
        return entries_in_order(self.items_of_parent_run(run_id))

    def of_pipeline(self, pipeline: str) -> Ledger:
        """Return the part of another pipeline in the same table."""
        return Ledger(self._dynamodb, self._table, pipeline)

    def started_elsewhere(self, run_id: str) -> tuple[LedgerEntry, ...]:
        """Return the entries of other pipelines whose workflows a run has started; costs one query of the index."""
        own, started = partition(self.pipeline, ""), sort(Status.STARTED, "")
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=PARENT_INDEX,
            KeyConditionExpression=f"{PARENT_ATTRIBUTE} = :parent",
            FilterExpression=f"NOT begins_with({PARTITION_KEY}, :own) AND {SORT_KEY} = :started",
            ExpressionAttributeValues={":parent": {"S": run_id}, ":own": {"S": own}, ":started": {"S": started}},
        )
        return entries_in_order(plain(item) for page in pages for item in page["Items"])

    def items_of_run_token(self, run_token: str) -> tuple[Mapping[str, Any], ...]:
        """Return the items of one run token, read consistently."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            KeyConditionExpression=f"{PARTITION_KEY} = :pk",
            ExpressionAttributeValues={":pk": {"S": partition(self.pipeline, run_token)}},
            ConsistentRead=True,
        )
        return tuple(plain(item) for page in pages for item in page["Items"])

    def items_of_parent_run(self, run_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the items of runs that continue a run; the index is a moment behind the table."""
        pages = self._dynamodb.get_paginator("query").paginate(
            TableName=self._table,
            IndexName=PARENT_INDEX,
            KeyConditionExpression=f"{PARENT_ATTRIBUTE} = :parent",
            FilterExpression=f"begins_with({PARTITION_KEY}, :own)",
            ExpressionAttributeValues={":parent": {"S": run_id}, ":own": {"S": partition(self.pipeline, "")}},
        )
        return tuple(plain(item) for page in pages for item in page["Items"])

    def items_of_run_tokens(self, run_tokens: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the items of many run tokens, a query for each, several at once."""
        for items in in_order(self.items_of_run_token, run_tokens):
            yield from items

    def every_item(self) -> Iterator[Mapping[str, Any]]:
        """Yield every item of the pipeline in no order; reads the whole table, a unit for each 4 KB, in parallel."""
        pages = in_order(self._page, iter([(segment, None) for segment in range(SEGMENTS)]))
        following = list(pages)
        while following:
            for answer, _ in following:
                yield from (plain(item) for item in answer["Items"])
            more = [(segment, answer["LastEvaluatedKey"]) for answer, segment in following if _goes_on(answer)]
            following = list(in_order(self._page, more))

    def _page(self, part: tuple[int, Mapping[str, Any] | None]) -> tuple[Mapping[str, Any], int]:
        segment, start = part
        following: dict[str, Any] = {"ExclusiveStartKey": start} if start else {}
        answer = self._dynamodb.scan(
            TableName=self._table,
            FilterExpression=f"begins_with({PARTITION_KEY}, :own)",
            ExpressionAttributeValues={":own": {"S": partition(self.pipeline, "")}},
            ConsistentRead=True,
            Segment=segment,
            TotalSegments=SEGMENTS,
            **following,
        )
        return answer, segment

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


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item without DynamoDB's types."""
    deserialize = TypeDeserializer().deserialize
    return {name: deserialize(value) for name, value in item.items()}


def entries_in_order(items: Iterable[Mapping[str, Any]]) -> tuple[LedgerEntry, ...]:
    """Return the entries of items, oldest first."""
    entries = (LedgerEntry.from_item(item) for item in items)
    return tuple(sorted(entries, key=lambda entry: (entry.recorded_at, entry.attempt)))


def _goes_on(answer: Mapping[str, Any]) -> bool:
    return bool(answer.get("LastEvaluatedKey"))
