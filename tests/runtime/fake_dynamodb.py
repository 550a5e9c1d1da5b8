"""DynamoDB in memory, as far as the runtime uses it: inserts and updates in PartiQL, and reads by key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.runtime.faults import Calls

INSERT = re.compile(r'INSERT INTO "([^"]+)" VALUE \{(.+)\}')
UPDATE = re.compile(r'UPDATE "([^"]+)" (.+) WHERE (.+)')
NAME = re.compile(r"'?(\w+)'? ?[:=] ?\?")
MAX_STATEMENTS = 25
MAX_KEYS = 100

Item = dict[str, dict[str, Any]]


class FakeDynamoDB:
    """Tables by name, items by key. ``refuse`` names an error code for single statements of a good call."""

    def __init__(self, calls: Calls) -> None:
        self.calls = calls
        self.tables: dict[str, dict[tuple[str, str], Item]] = {}
        self.refuse: Callable[[str, Item], str | None] = lambda table, item: None
        self.unprocessed = False
        self.sends_twice = False
        """What botocore does when no answer comes: the same statements once more; the first answer is never seen."""
        self.write_units = 0

    def batch_execute_statement(self, *, Statements: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        assert 0 < len(Statements) <= MAX_STATEMENTS
        with self.calls.call("BatchExecuteStatement"):
            answers = [self._execute(one["Statement"], one["Parameters"]) for one in Statements]
            if self.sends_twice:
                answers = [self._execute(one["Statement"], one["Parameters"]) for one in Statements]
            return {"Responses": answers}

    def batch_get_item(self, *, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803
        with self.calls.call("BatchGetItem"):
            if self.unprocessed:
                return {"Responses": {}, "UnprocessedKeys": RequestItems}
            return {"Responses": {table: self._read(table, asked) for table, asked in RequestItems.items()}}

    def get_item(self, *, TableName: str, Key: Item, ConsistentRead: bool) -> dict[str, Any]:  # noqa: N803
        with self.calls.call("GetItem"):
            assert ConsistentRead
            item = self._table(TableName).get(_key(Key))
            return {"Item": item} if item else {}

    def put_item(self, *, TableName: str, Item: Item) -> dict[str, Any]:  # noqa: N803
        with self.calls.call("PutItem"):
            self._table(TableName)[_key(Item)] = Item
            return {}

    def items(self, table: str) -> list[Item]:
        return list(self._table(table).values())

    def remove(self, table: str, pk: str, sk: str) -> None:
        del self._table(table)[pk, sk]

    def _table(self, name: str) -> dict[tuple[str, str], Item]:
        return self.tables.setdefault(name, {})

    def _read(self, table: str, asked: dict[str, Any]) -> list[Item]:
        keys = [_key(key) for key in asked["Keys"]]
        assert len(keys) <= MAX_KEYS
        assert len(set(keys)) == len(keys)
        assert asked["ConsistentRead"]
        return [self._table(table)[key] for key in keys if key in self._table(table)]

    def _execute(self, statement: str, parameters: list[dict[str, Any]]) -> dict[str, Any]:
        if match := INSERT.fullmatch(statement):
            names = NAME.findall(match[2])
            assert len(names) == len(parameters)
            return self._insert(match[1], dict(zip(names, parameters, strict=True)))
        match = UPDATE.fullmatch(statement)
        assert match, statement
        changes, conditions = NAME.findall(match[2]), NAME.findall(match[3])
        assert len(changes) + len(conditions) == len(parameters)
        values = dict(zip(changes, parameters, strict=False))
        wanted = dict(zip(conditions, parameters[len(changes) :], strict=True))
        return self._update(match[1], values, wanted)

    def _insert(self, table: str, item: Item) -> dict[str, Any]:
        if code := self.refuse(table, item):
            return _error(code)
        if _key(item) in self._table(table):
            return _error("DuplicateItem")
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
