"""A pipeline that reads a stream, on an AWS in memory: one shard, handed over in order from the lowest failure on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.world import Envelope
    from constructs_lib.model.samples import SampleRecord
    from functions.runtime import Run
    from functions.runtime.settings import RunnerSettings

SHARD = "shardId-000000000000"
POSITIONS = {
    "kinesis": ("sequenceNumber", "approximateArrivalTimestamp"),
    "dynamodb": ("SequenceNumber", "ApproximateCreationDateTime"),
}
"""What the shard itself adds to a record, in the part of the event that holds it."""
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
        envelope: Envelope,
    ) -> None:
        """``handler`` is the user's function of one record, without its decorator."""
        super().__init__(handler, settings, timeout=timeout, folder=folder, envelope=envelope)
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
        return {"Records": [stream_event(record) for record in records]}

    def put_broken(self, record: SampleRecord) -> Message:
        """Have a text reach the stream: it stands in an envelope like any other."""
        return self.put(record)


def sequence_number(message_id: str) -> str:
    """Return where a message stands in the shard."""
    return message_id.rpartition("-")[2]


def stream_event(record: dict[str, Any]) -> dict[str, Any]:
    """Return the event that a message holds, at the message's own place in the shard; tries are counted by message."""
    event = json.loads(record["body"])
    place = (sequence_number(record["messageId"]), int(record["attributes"].get("SentTimestamp", 0)) / 1000)
    parts = {
        part: {**event[part], **dict(zip(names, place, strict=True))}
        for part, names in POSITIONS.items()
        if isinstance(event.get(part), dict)
    }
    return {**event, **parts, **{name: record[name] for name in ("messageId", "messageAttributes")}}
