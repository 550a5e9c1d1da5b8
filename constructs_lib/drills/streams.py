"""A pipeline that reads a stream, on an AWS in memory: one shard, handed over in order from the lowest failure on."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.world import World
from functions.runtime.stores.errors import StoreMisuse
from functions.runtime.stores.values import to_attributes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from constructs_lib.drills.memory.sqs import Message
    from functions.runtime import Run
    from functions.runtime.settings import RunnerSettings

SHARD = "shardId-000000000000"
ARN = "arn:aws:{service}:eu-central-1:111122223333:{resource}"
EVENT_ID = "event_id"
"""Attribute of a message that names the event it is."""
WITHOUT_BISECT = 10_000
"""Records of one batch while none has failed as a whole."""


class StreamWorld(World):
    """The buffer stands for a shard: nothing is hidden, and what follows a failure waits behind it."""

    def __init__(
        self,
        handler: Callable[[Any, Run], object],
        settings: RunnerSettings,
        *,
        timeout: float = 30.0,
        folder: Path | None = None,
    ) -> None:
        """``handler`` is the user's function of one record, without its decorator."""
        super().__init__(handler, settings, timeout=timeout, folder=folder)
        self.buffer = SHARD
        self.sqs.redrive = {}
        self._most = WITHOUT_BISECT
        self._reading = False

    def hand_out(self, limit: int) -> list[Message]:
        """Return the head of the shard; nothing while another batch of it is under way."""
        if self._reading:
            return []
        messages = self.sqs.queue(self.buffer)[: min(limit, self._most)]
        self._reading = bool(messages)
        for message in messages:
            message.receive_count += 1
        return messages

    def lose(self, messages: list[Message]) -> None:
        """A batch that failed as a whole comes again, in halves."""
        self._reading = False
        self._most = max(1, len(messages) // 2)

    def acknowledge(
        self, messages: list[Message], answer: dict[str, Any], forgets: Callable[[], bool] = lambda: False
    ) -> None:
        """Read on from the lowest record that failed, or from the start where the answer is lost."""
        self._reading = False
        self._most = WITHOUT_BISECT
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            if sequence_number(message.id) in failed or forgets():
                return
            if message in self.sqs.queue(self.buffer):
                self.sqs.delete(self.buffer, message)

    def event(self, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return the event in which messages of the shard are handed over."""
        return {"Records": [stream_event(record, self.settings) for record in records]}


def sequence_number(message_id: str) -> str:
    """Return where a message stands in the shard."""
    return message_id.rpartition("-")[2]


def stream_event(record: dict[str, Any], settings: RunnerSettings) -> dict[str, Any]:
    """Return a message as its stream hands it over; one that holds an envelope is a replay of that record.

    Messages of one event id are one event that is told again. As on a queue, tries are counted by the message.
    """
    number, text = sequence_number(record["messageId"]), record["body"]
    envelope = _envelope_in(text)
    told = {"messageId": record["messageId"], "messageAttributes": record["messageAttributes"]}
    if envelope:
        part = "kinesis" if settings.source == "kinesis" else "dynamodb"
        name = "sequenceNumber" if settings.source == "kinesis" else "SequenceNumber"
        return {**envelope, **told, part: {**envelope[part], name: number}}
    id = record["messageAttributes"].get(EVENT_ID, {}).get("stringValue") or record["messageId"]
    make = _kinesis if settings.source == "kinesis" else _dynamodb
    return {**make(id, number, text, int(record["attributes"].get("SentTimestamp", 0)) / 1000), **told}


def _envelope_in(text: str) -> dict[str, Any] | None:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) and "eventID" in told and "eventSource" in told else None


def _kinesis(id: str, number: str, text: str, at: float) -> dict[str, Any]:
    return {
        "eventID": f"{SHARD}:{id}",
        "eventSource": "aws:kinesis",
        "eventSourceARN": ARN.format(service="kinesis", resource="stream/drill"),
        "kinesis": {
            "sequenceNumber": number,
            "partitionKey": f"key-{id}",
            "data": base64.b64encode(text.encode(errors="backslashreplace")).decode(),
            "approximateArrivalTimestamp": at,
        },
    }


def _dynamodb(id: str, number: str, text: str, at: float) -> dict[str, Any]:
    return {
        "eventID": id,
        "eventName": "INSERT",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": ARN.format(service="dynamodb", resource="table/drill/stream/2026-01-31T12:00:00.000"),
        "dynamodb": {
            "SequenceNumber": number,
            "Keys": {"id": {"S": id}},
            "NewImage": _item(text),
            "ApproximateCreationDateTime": at,
            "SizeBytes": len(text),
        },
    }


def _item(text: str) -> Any:
    """Return a body as an item; what is no item stays as it is, and breaks its envelope."""
    try:
        body = json.loads(text)
        return to_attributes(body) if isinstance(body, dict) and body else text
    except (ValueError, RecursionError, StoreMisuse):
        return text
