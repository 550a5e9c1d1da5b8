"""DynamoDB in memory, as far as the runtime uses it: inserts and updates in PartiQL, and reads by key."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.drills.memory.limits import OutsideLimits, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.drills.memory.faults import Calls

INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.+)\}')
UPDATE = re.compile(r'UPDATE "([^"]+)" (.+) WHERE (.+)')
NAME = re.compile(r"'?(\w+)'? ?[:=] ?\?")
MAX_STATEMENTS = 25
MAX_KEYS = 100
PAGE = 10
"""Items of one page of a query; DynamoDB's pages end after 1 MB."""
PARTITION = "pk = :pk"
PART_OF_PARTITION = f"{PARTITION} AND begins_with(sk, :part)"
OF_PARENT = "parent_run_id = :parent"
OF_PIPELINE = "begins_with(pk, :own)"
DUPLICATE = "DuplicateItem"

Item = dict[str, dict[str, Any]]


class DuplicateItemError(ClientError):
    """What boto3 raises for a single insert of an item that is there."""


class MemoryDynamoDB:
    """Tables by name, items by key. ``refuse`` names an error code for single statements of a good call."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.tables: dict[str, dict[tuple[str, str], Item]] = {}
        self.refuse: Callable[[str, Item], str | None] = lambda _table, _item: None
        self.unprocessed = False
        self.sends_twice = False
        """What botocore does when no answer comes: the same statements once more; the first answer is never seen."""
        self.repeats: Callable[[], bool] = lambda: False
        """Whether the next call is one of those."""
        self.leaves_unread: Callable[[], bool] = lambda: False
        """Whether the next key stays unread."""
        self.write_units = 0
        self.exceptions = SimpleNamespace(DuplicateItemException=DuplicateItemError)

    def execute_statement(self, *, Statement: str, Parameters: list[dict[str, Any]]) -> None:
        """Execute one statement, as operators do."""
        with self.calls.call("ExecuteStatement"):
            code = self._execute(Statement, Parameters).get("Error", {}).get("Code")
            if code:
                kind = DuplicateItemError if code == DUPLICATE else ClientError
                raise kind({"Error": {"Code": code, "Message": code}}, "ExecuteStatement")

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:
        """Execute each statement for itself; the answer says which were refused."""
        require(0 < len(Statements) <= MAX_STATEMENTS, f"a call takes 1 to {MAX_STATEMENTS} statements")
        with self.calls.call("BatchExecuteStatement"):
            answers = [self._execute(one["Statement"], one["Parameters"]) for one in Statements]
            if self.sends_twice or self.repeats():
                answers = [self._execute(one["Statement"], one["Parameters"]) for one in Statements]
            return {"Responses": answers}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:
        """Read items by key, or tell that they were left unread."""
        with self.calls.call("BatchGetItem"):
            if self.unprocessed:
                return {"Responses": {}, "UnprocessedKeys": RequestItems}
            return self._read_some(RequestItems)

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> dict[str, Any]:
        """Read one item."""
        with self.calls.call("GetItem"):
            require(ConsistentRead, "reads are consistent")
            item = self._table(TableName).get(_key(Key))
            return {"Item": item} if item else {}

    def put_item(self, *, TableName: str, Item: Item) -> dict[str, Any]:
        """Write one item over whatever is there."""
        with self.calls.call("PutItem"):
            self._table(TableName)[_key(Item)] = Item
            return {}

    def query(
        self,
        *,
        TableName: str,
        KeyConditionExpression: str,
        ExpressionAttributeValues: Item,
        ConsistentRead: bool = False,
        IndexName: str | None = None,
        FilterExpression: str = "",
        ExclusiveStartKey: Item | None = None,
    ) -> dict[str, Any]:
        """Read a part of one partition, in pages of a few items, so that whoever forgets the next one is found out."""
        with self.calls.call("Query"):
            if IndexName:
                require(FilterExpression == OF_PIPELINE, f"a filter that is never sent: {FilterExpression}")
                return {"Items": self._of_parent(TableName, KeyConditionExpression, ExpressionAttributeValues)}
            require(ConsistentRead, "reads are consistent")
            known = KeyConditionExpression in (PARTITION, PART_OF_PARTITION)
            require(known, f"a query that is never sent: {KeyConditionExpression}")
            pk, prefix, *_ = (*(value["S"] for value in ExpressionAttributeValues.values()), "")
            after = _key(ExclusiveStartKey)[1] if ExclusiveStartKey else ""
            keys = sorted(key for key in self._table(TableName) if key[0] == pk and key[1].startswith(prefix))
            page = [self._table(TableName)[key] for key in keys if key[1] > after][: PAGE + 1]
            last = {name: page[PAGE - 1][name] for name in ("pk", "sk")} if len(page) > PAGE else None
            return {"Items": page[:PAGE], **({"LastEvaluatedKey": last} if last else {})}

    def _of_parent(self, table: str, condition: str, values: Item) -> list[Item]:
        require(condition == OF_PARENT, f"a query that is never sent: {condition}")
        items = self._table(table).items()
        named = [(pk, item) for (pk, _), item in items if item.get("parent_run_id") == values[":parent"]]
        return [item for pk, item in named if pk.startswith(values[":own"]["S"])]

    def get_paginator(self, operation: str) -> SimpleNamespace:
        """Return what pages through queries."""
        require(operation == "query", "only queries are read in pages")
        return SimpleNamespace(paginate=self._pages)

    def _pages(self, **asked: Any) -> Iterator[dict[str, Any]]:
        following: dict[str, Any] = {}
        while True:
            answer = self.query(**asked, **following)
            yield answer
            if "LastEvaluatedKey" not in answer:
                return
            following = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def items(self, table: str) -> list[Item]:
        """Return the items of a table in the order in which they were inserted."""
        return list(self._table(table).values())

    def remove(self, table: str, pk: str, sk: str) -> None:
        """Remove an item, as TTL does."""
        del self._table(table)[pk, sk]

    def _table(self, name: str) -> dict[tuple[str, str], Item]:
        return self.tables.setdefault(name, {})

    def _read_some(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Return what is there; keys that are left unread are told, as DynamoDB does when it is short of capacity."""
        left = {table: [key for key in asked["Keys"] if self.leaves_unread()] for table, asked in wanted.items()}
        unread = {table: {**wanted[table], "Keys": keys} for table, keys in left.items() if keys}
        read = {
            table: {**asked, "Keys": [key for key in asked["Keys"] if key not in left[table]]}
            for table, asked in wanted.items()
        }
        answer = {"Responses": {table: self._read(table, asked) for table, asked in read.items()}}
        return {**answer, "UnprocessedKeys": unread} if unread else answer

    def _read(self, table: str, asked: dict[str, Any]) -> list[Item]:
        keys = [_key(key) for key in asked["Keys"]]
        require(len(keys) <= MAX_KEYS, f"a call reads up to {MAX_KEYS} keys")
        require(len(set(keys)) == len(keys), "a call reads every key once")
        require(asked["ConsistentRead"], "reads are consistent")
        return [self._table(table)[key] for key in keys if key in self._table(table)]

    def _execute(self, statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        if match := INSERT.fullmatch(statement):
            names = NAME.findall(match[2])
            require(len(names) == len(parameters), "every question mark has its parameter")
            return self._insert(match[1], dict(zip(names, parameters, strict=True)))
        match = UPDATE.fullmatch(statement)
        if match is None:
            raise OutsideLimits(f"a statement that is never sent: {statement}")
        changes, conditions = NAME.findall(match[2]), NAME.findall(match[3])
        require(len(changes) + len(conditions) == len(parameters), "every question mark has its parameter")
        values = dict(zip(changes, parameters, strict=False))
        wanted = dict(zip(conditions, parameters[len(changes) :], strict=True))
        return self._update(match[1], values, wanted)

    def _insert(self, table: str, item: Item) -> dict[str, Any]:
        if code := self.refuse(table, item):
            return _error(code)
        if _key(item) in self._table(table):
            return _error(DUPLICATE)
        self._table(table)[_key(item)] = item
        self.write_units += 1
        return {"TableName": table}

    def _update(self, table: str, values: Item, wanted: Item) -> dict[str, Any]:
        if code := self.refuse(table, wanted):
            return _error(code)
        item = self._table(table).get(_key(wanted))
        if item is None or any(item.get(name) != value for name, value in wanted.items()):
            return _error("ConditionalCheckFailed")
        item.update(values)
        self.write_units += 1
        return {"TableName": table}


def _key(item: Item) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _error(code: str) -> dict[str, Any]:
    return {"Error": {"Code": code, "Message": code}}
