"""Tables of outputs in memory: batches of writes, and single writes under a condition."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.drills.memory.limits import require

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls

MAX_WRITES = 25
Item = dict[str, dict[str, Any]]


@dataclass
class MemoryItems:
    """Items by table and key; ``keys`` are the names of the key's attributes by table."""

    calls: Calls
    keys: dict[str, tuple[str, ...]]
    tables: dict[str, dict[str, Item]] = field(default_factory=dict)
    unprocessed: Callable[[dict[str, Any]], bool] = lambda _request: False
    """Whether one request of a batch is left undone."""

    def items(self, table: str) -> list[Item]:
        """Return the items of a table, in the order in which they were first written."""
        return list(self.tables.get(table, {}).values())

    def batch_write_item(self, *, RequestItems: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
        """Write and delete items whose keys differ."""
        with self.calls.call("BatchWriteItem", next(iter(RequestItems), "")):
            require(0 < sum(map(len, RequestItems.values())) <= MAX_WRITES, f"1 to {MAX_WRITES} items a call")
            left: dict[str, list[dict[str, Any]]] = {}
            for table, requests in RequestItems.items():
                places = [self._place(table, _subject(request)) for request in requests]
                require(len(set(places)) == len(places), "a call has each key once")
                for place, request in zip(places, requests, strict=True):
                    if self.unprocessed(request):
                        left.setdefault(table, []).append(request)
                    elif "PutRequest" in request:
                        self.tables.setdefault(table, {})[place] = request["PutRequest"]["Item"]
                    else:
                        self.tables.setdefault(table, {}).pop(place, None)
            return {"UnprocessedItems": left}

    def put_item(
        self,
        *,
        TableName: str,
        Item: Item,
        ConditionExpression: str,
        ExpressionAttributeNames: dict[str, str],
        ReturnValuesOnConditionCheckFailure: str,
        ExpressionAttributeValues: Item | None = None,
    ) -> None:
        """Write one item unless what stands there forbids it."""
        known = ("attribute_not_exists(#k)", "attribute_not_exists(#k) OR #n < :n")
        require(ConditionExpression in known, f"a condition that is never sent: {ConditionExpression}")
        named = {":n"} if ":n" in ConditionExpression else set()
        require(set(ExpressionAttributeValues or {}) == named, "every value of a condition is given, and no other")
        require(ReturnValuesOnConditionCheckFailure == "ALL_OLD", "a refusal tells what stands there")
        with self.calls.call("PutItem", TableName):
            place = self._place(TableName, Item)
            standing = self.tables.get(TableName, {}).get(place)
            newer = ExpressionAttributeNames.get("#n")
            if standing is not None and not (newer and _below(standing.get(newer), Item[newer])):
                code = "ConditionalCheckFailedException"
                told: Any = {"Error": {"Code": code, "Message": code}, "Item": standing}
                raise ClientError(told, "PutItem")
            self.tables.setdefault(TableName, {})[place] = Item

    def _place(self, table: str, item: Item) -> str:
        return json.dumps([item[name] for name in self.keys[table]])


def _subject(request: dict[str, Any]) -> Item:
    subject: Item = request["PutRequest"]["Item"] if "PutRequest" in request else request["DeleteRequest"]["Key"]
    return subject


def _below(standing: dict[str, Any] | None, new: dict[str, Any]) -> bool:
    if standing is None or standing.keys() != new.keys():
        return False
    ((kind, value),) = standing.items()
    return bool(Decimal(value) < Decimal(new["N"]) if kind == "N" else value < new[kind])
