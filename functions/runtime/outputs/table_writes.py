"""The writes of one flush to one table: batches of what is unconditional, single calls for what is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.failure import Failure, Verdict
from functions.runtime.outputs.kind import Landed
from functions.runtime.outputs.sending import TOO_LARGE, refused, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.runtime.outputs.table_write import Write
    from functions.runtime.services import Services
    from functions.runtime.stores.values import Attributes

MAX_WRITES = 25
"""Items that one BatchWriteItem takes (DynamoDB API reference)."""
MAX_CALL_BYTES = 16 * 1024 * 1024
"""Bytes that one BatchWriteItem takes (DynamoDB API reference)."""
MAX_ITEM_BYTES = 400 * 1024
"""Bytes of one item, names and values (DynamoDB quotas)."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
"""Seconds of the longest pauses before items are sent again that DynamoDB left unprocessed; they double."""
CONFLICT = "item-conflict"
_REFUSED = "ConditionalCheckFailedException"


class TableWrites:
    """What is written is told by the index of the draft that it came from."""

    def __init__(self, name: str, table: str, services: Services, left: Callable[[], float]) -> None:
        """``left`` returns how many seconds may still be spent."""
        self._name = name
        self._table = table
        self._services = services
        self._left = left
        self._pending: dict[str, tuple[int, Write]] = {}
        self._bytes = 0
        self._failures: dict[int, list[Failure]] = {}
        self._kept = 0

    def land(self, drafts: Sequence[Sequence[Write]]) -> list[Landed | Failure]:
        """Write everything; a draft with an item that is too large writes nothing."""
        for index, writes in enumerate(drafts):
            largest = max((_bytes(write) for write in writes), default=0)
            if largest > MAX_ITEM_BYTES:
                said = f"{self._name}: an item has {largest:,} bytes; at most {MAX_ITEM_BYTES:,}"
                self._fail([index], Failure(Verdict.GIVE_UP, TOO_LARGE, said))
                continue
            for write in writes:
                self._take(index, write)
        self._flush()
        if self._kept:
            self._services.logger.info("items kept as they are", extra={"output": self._name, "items": self._kept})
        return [
            worst(self._failures[index]) if index in self._failures else Landed(None) for index in range(len(drafts))
        ]

    def _take(self, index: int, write: Write) -> None:
        """A call takes each key once, and what depends on an item comes after what is written to it before."""
        key, size = json.dumps(write.key, sort_keys=True), _bytes(write)
        full = len(self._pending) == MAX_WRITES or self._bytes + size > MAX_CALL_BYTES
        if key in self._pending or (full and not write.conditional):
            self._flush()
        if write.conditional:
            self._put(index, write)
            return
        self._pending[key] = (index, write)
        self._bytes += size

    def _flush(self) -> None:
        pending, self._pending, self._bytes = self._pending, {}, 0
        pause = FIRST_PAUSE
        while pending:
            requests = [_request(write) for _, write in pending.values()]
            try:
                answer = self._services.client("dynamodb").batch_write_item(RequestItems={self._table: requests})
            except AWS_FAILURES as error:
                self._fail([index for index, _ in pending.values()], refused(self._name, error_code(error)))
                return
            left = answer.get("UnprocessedItems", {}).get(self._table, [])
            pending = {key: one for key, one in pending.items() if _request(one[1]) in left}
            if pending and not self._wait(pause):
                throttled = refused(self._name, "ProvisionedThroughputExceededException")
                self._fail([index for index, _ in pending.values()], throttled)
                return
            pause = min(2 * pause, LONGEST_PAUSE)

    def _wait(self, pause: float) -> bool:
        """Pause, or return that there is no time left to do so."""
        if self._left() < 2 * pause:
            return False
        self._services.sleep(self._services.uniform(0.0, pause))
        return True

    def _put(self, index: int, write: Write) -> None:
        try:
            self._services.client("dynamodb").put_item(TableName=self._table, Item=write.item, **_condition(write))
        except AWS_FAILURES as error:
            if error_code(error) != _REFUSED:
                self._fail([index], refused(self._name, error_code(error)))
            elif _standing(error) != write.item:
                self._conflict(index, write)

    def _conflict(self, index: int, write: Write) -> None:
        """What stands there is another item; the same one was written by an earlier try of this very record."""
        if write.on_conflict == "fail":
            self._fail([index], Failure(Verdict.GIVE_UP, CONFLICT, f"{self._name}: another item stands there"))
        else:
            self._kept += 1

    def _fail(self, indexes: Sequence[int], failure: Failure) -> None:
        for index in indexes:
            self._failures.setdefault(index, []).append(failure)


def _request(write: Write) -> dict[str, Any]:
    return {"DeleteRequest": {"Key": write.key}} if write.item is None else {"PutRequest": {"Item": write.item}}


def _condition(write: Write) -> dict[str, Any]:
    names = {"#k": next(iter(write.key))}
    condition: dict[str, Any] = {"ConditionExpression": "attribute_not_exists(#k)", "ExpressionAttributeNames": names}
    if write.if_newer is not None and write.item is not None:
        names["#n"] = write.if_newer
        condition["ConditionExpression"] += " OR #n < :n"
        condition["ExpressionAttributeValues"] = {":n": write.item[write.if_newer]}
    return {**condition, "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def _standing(error: BaseException) -> Attributes | None:
    told: dict[str, Any] = getattr(error, "response", {})
    return told.get("Item")


def _bytes(write: Write) -> int:
    return 0 if write.item is None else sum(len(name.encode()) + _size(value) for name, value in write.item.items())


def _size(attribute: dict[str, Any]) -> int:
    """Return at least what DynamoDB counts (developer guide, item sizes and formats)."""
    ((kind, value),) = attribute.items()
    if kind == "S":
        return len(value.encode())
    if kind in ("N", "B"):
        return len(value)
    if kind == "L":
        return 3 + sum(1 + _size(part) for part in value)
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _size(part) for name, part in value.items())
    if kind in ("SS", "NS", "BS"):
        return sum(len(part) if isinstance(part, bytes) else len(part.encode()) for part in value)
    return 1
