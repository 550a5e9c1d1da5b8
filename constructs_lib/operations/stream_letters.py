"""Letters of streams: a record in its envelope, a place where one stands, or the word of Lambda on a whole batch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from functions.contract.message import POSITION

if TYPE_CHECKING:
    from collections.abc import Mapping

BATCHES = ("KinesisBatchInfo", "DDBStreamBatchInfo")
"""Where Lambda tells of a batch that it has given up (AWS Lambda developer guide, on-failure destinations)."""


@dataclass(frozen=True)
class Stretch:
    """Records of one shard, from the first sequence number to the last; ``shard`` is empty where nobody named it."""

    stream: str
    shard: str
    first: str
    last: str
    why: str = ""
    """What made Lambda give them up, in its own word."""

    @classmethod
    def of_batch(cls, body: str) -> Self | None:
        """Return what Lambda says in a letter of its own; None for any other letter."""
        told = _object(body)
        batch = next((told[name] for name in BATCHES if isinstance(told.get(name), dict)), None)
        if batch is None:
            return None
        why = told.get("requestContext")
        return cls(
            stream=str(batch.get("streamArn", "")),
            shard=str(batch.get("shardId", "")),
            first=str(batch.get("startSequenceNumber", "")),
            last=str(batch.get("endSequenceNumber", "")),
            why=str(why.get("condition", "")) if isinstance(why, dict) else "",
        )

    @classmethod
    def of_position(cls, attributes: Mapping[str, Any]) -> Self | None:
        """Return where a letter says that its record stands; None where it says nothing."""
        told = _object(str(attributes.get(POSITION, {}).get("StringValue", "")))
        if not told.get("stream") or not told.get("sequence_number"):
            return None
        number = str(told["sequence_number"])
        return cls(str(told["stream"]), str(told.get("shard", "")), number, number)

    def __str__(self) -> str:
        span = self.first if self.first == self.last else f"{self.first} to {self.last}"
        return f"{self.shard or 'a shard'} of {self.stream}, {span}"


def envelope_of(body: str) -> dict[str, Any] | None:
    """Return the record that a letter holds, as its stream handed it over; None where it holds none."""
    told = _object(body)
    return told if told.get("eventID") else None


def told_of(body: str) -> str:
    """Return what is said of a letter without an error of its own."""
    batch = Stretch.of_batch(body)
    return f"given up by Lambda, {batch.why}: {batch}" if batch else "moved by SQS itself"


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
