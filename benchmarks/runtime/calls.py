"""Counting what a handler asks of AWS: calls by botocore's own events, write units by the sizes of items."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNIT_BYTES = 1024
"""Bytes of an item that one write unit pays for (DynamoDB developer guide, read and write consumption)."""
NAME = re.compile(r"'(\w+)': \?")


class CallCounter:
    """Counts while it is attached to clients: every request that is sent, retries included, and its write units."""

    def __init__(self) -> None:
        """Begin at zero."""
        self.calls: Counter[str] = Counter()
        """Requests by the name of the service."""
        self.write_units = 0

    def attach(self, clients: Iterable[Any]) -> None:
        """Count the requests of these clients from now on."""
        for client in clients:
            client.meta.events.register("before-send", self._sent)
            client.meta.events.register("provide-client-params.dynamodb", self._write)

    def detach(self, clients: Iterable[Any]) -> None:
        """Count no longer."""
        for client in clients:
            client.meta.events.unregister("before-send", self._sent)
            client.meta.events.unregister("provide-client-params.dynamodb", self._write)

    def _sent(self, event_name: str, **_: Any) -> None:
        self.calls[event_name.split(".")[1]] += 1

    def _write(self, params: Mapping[str, Any], model: Any, **_: Any) -> None:
        self.write_units += sum(map(units, written_items(model.name, params)))


def written_items(operation: str, params: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the items that a request writes, as far as it holds them: an update counts with the values it sets."""
    if operation == "PutItem":
        return [params["Item"]]
    if operation == "UpdateItem":
        return [{**params["Key"], **params.get("ExpressionAttributeValues", {})}]
    if operation == "BatchExecuteStatement":
        return [_item(statement) for statement in params["Statements"]]
    return []


def units(item: Mapping[str, Any]) -> int:
    """Return the write units of one item."""
    size = sum(len(name.encode()) + _size(value) for name, value in item.items())
    return -(-size // UNIT_BYTES)


def _item(statement: Mapping[str, Any]) -> dict[str, Any]:
    names = NAME.findall(statement["Statement"])
    values = statement["Parameters"]
    # An update names its attributes elsewhere in the statement; the values decide its size.
    return dict(zip(names or map(str, range(len(values))), values, strict=True))


def _size(value: Mapping[str, Any]) -> int:
    """Return the bytes of an attribute value (DynamoDB developer guide, item sizes and formats)."""
    if "N" in value:
        return len(value["N"].lstrip("-")) // 2 + 2
    if "L" in value:
        return 3 + sum(1 + _size(item) for item in value["L"])
    return len(str(next(iter(value.values()))).encode())
