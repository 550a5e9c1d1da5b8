"""A table in DynamoDB: one call for each operation, with what it leaves undone asked again."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.runtime.aws_failures import error_code, is_throttle
from functions.runtime.stores.checked_table import CheckedTable, Written
from functions.runtime.stores.errors import StoreBusy, StoreMisuse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from functions.runtime.stores.checked_table import Change, Condition, Query
    from functions.runtime.stores.keys import TableKeys
    from functions.runtime.stores.values import Attribute, Attributes

MAX_KEYS = 100
"""Keys that one BatchGetItem takes (DynamoDB API reference)."""
ROUNDS = 5
"""Times that keys are asked for which DynamoDB leaves unprocessed, before the record is tried again later."""
FIRST_PAUSE = 0.05
"""Seconds of the longest pause before the second round; it doubles."""


class DynamoDbTable(CheckedTable):
    """One table and its indexes; reads of the table are consistent, those of an index cannot be."""

    def __init__(
        self,
        client: Callable[[], Any],
        table: str,
        *,
        name: str,
        keys: TableKeys,
        access: str,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """``client`` makes or returns the DynamoDB client; ``table`` is the physical name."""
        super().__init__(name, keys, access)
        self._client = client
        self._table = table
        self._sleep = sleep

    def _get(self, key: Attributes) -> Attributes | None:
        found: Attributes | None = self._ask("get_item", Key=key, ConsistentRead=True).get("Item")
        return found

    def _get_all(self, keys: list[Attributes]) -> Iterable[Attributes]:
        found: list[Attributes] = []
        for start in range(0, len(keys), MAX_KEYS):
            found += self._get_part(keys[start : start + MAX_KEYS])
        return found

    def _get_part(self, keys: list[Attributes]) -> Iterator[Attributes]:
        for round_ in range(ROUNDS):
            request = {self._table: {"Keys": keys, "ConsistentRead": True}}
            answer = self._call("batch_get_item", RequestItems=request)
            yield from answer.get("Responses", {}).get(self._table, [])
            keys = answer.get("UnprocessedKeys", {}).get(self._table, {}).get("Keys", [])
            if not keys:
                return
            self._sleep(random.uniform(0, FIRST_PAUSE * 2**round_))
        raise StoreBusy(f"store {self.name!r} left {len(keys)} keys unread in {ROUNDS} rounds")

    def _query(self, query: Query) -> Iterator[Attributes]:
        request = _query_request(query)
        left = query.limit
        while True:
            if left is not None:
                request["Limit"] = left
            answer = self._ask("query", **request)
            yield from answer["Items"]
            left = None if left is None else left - len(answer["Items"])
            if "LastEvaluatedKey" not in answer or left == 0:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def _put(self, item: Attributes, when: tuple[Condition, ...]) -> Written:
        return self._write("put_item", Expression(when), Item=item)

    def _delete(self, key: Attributes, when: tuple[Condition, ...]) -> Written:
        return self._write("delete_item", Expression(when), Key=key)

    def _update(self, key: Attributes, change: Change, when: tuple[Condition, ...]) -> Written:
        expression = Expression(when)
        update = expression.update(change)
        return self._write("update_item", expression, Key=key, UpdateExpression=update, ReturnValues="ALL_NEW")

    def _write(self, operation: str, expression: Expression, **request: Any) -> Written:
        try:
            answer = self._ask(operation, **request, **expression.request())
        except ClientError as error:
            if error_code(error) != "ConditionalCheckFailedException":
                raise
            told: dict[str, Any] = dict(error.response)
            return Written(False, told.get("Item"))
        return Written(True, answer.get("Attributes"))

    def _ask(self, operation: str, **request: Any) -> Any:
        return self._call(operation, TableName=self._table, **request)

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client(), operation)(**request)
        except ClientError as error:
            if is_throttle(error):
                raise StoreBusy(f"store {self.name!r} asks for less: {error_code(error)}") from error
            if error_code(error) == "ValidationException":
                raise StoreMisuse(f"store {self.name!r} refuses the request: {error}") from error
            raise


class Expression:
    """Conditions and changes in DynamoDB's words; names and values stand apart, whatever they contain."""

    def __init__(self, when: tuple[Condition, ...]) -> None:
        """Begin with the conditions of a write."""
        self._names: dict[str, str] = {}
        self._values: dict[str, Attribute] = {}
        self._condition = " AND ".join(self._one(condition) for condition in when)

    def update(self, change: Change) -> str:
        """Return the update expression."""
        clauses = {
            "SET": [f"{self._name(name)} = {self._value(value)}" for name, value in change.set.items()],
            "ADD": [f"{self._name(name)} {self._value(value)}" for name, value in change.add.items()],
            "REMOVE": [self._name(name) for name in change.remove],
        }
        return " ".join(f"{word} {', '.join(parts)}" for word, parts in clauses.items() if parts)

    def request(self) -> dict[str, Any]:
        """Return the parts of the request; what is empty is left out, as DynamoDB asks."""
        parts: dict[str, Any] = {
            "ConditionExpression": self._condition,
            "ExpressionAttributeNames": self._names,
            "ExpressionAttributeValues": self._values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD" if self._condition else "",
        }
        return {name: part for name, part in parts.items() if part}

    def _one(self, condition: Condition) -> str:
        name, values = self._name(condition.name), [self._value(value) for value in condition.values]
        if condition.operator.startswith("attribute_"):
            return f"{condition.operator}({name})"
        if condition.operator == "IN":
            return f"{name} IN ({', '.join(values)})"
        return f"{name} {condition.operator} {values[0]}"

    def _name(self, name: str) -> str:
        placeholder = f"#{len(self._names)}"
        self._names[placeholder] = name
        return placeholder

    def _value(self, value: Attribute) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = value
        return placeholder


def _query_request(query: Query) -> dict[str, Any]:
    names, values = {"#p": query.keys.partition.name}, {":p": query.partition}
    condition = "#p = :p"
    if query.operator and query.keys.sort:
        names["#s"] = query.keys.sort.name
        values |= {f":{position}": value for position, value in enumerate(query.values)}
        condition += " AND begins_with(#s, :0)" if query.operator == "begins_with" else " AND #s BETWEEN :0 AND :1"
    request = {
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
        "ScanIndexForward": not query.newest_first,
    }
    return {**request, **({"IndexName": query.index} if query.index else {"ConsistentRead": True})}
