"""The two queues of a pipeline: delaying messages of the buffer, and giving messages to the dead-letter queue."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.message import FAILURE, MAX_MESSAGE_BYTES, Failure, fits, in_order, message_bytes, own, to_send
from functions.runtime.batch_call import call_sqs, parts
from functions.runtime.wire_text import to_wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.runtime.record import Record


@dataclass(frozen=True)
class Delay:
    """How long a message stays hidden, in seconds from now."""

    receipt_handle: str
    seconds: int


@dataclass(frozen=True)
class DeadLetter:
    """A record that is given up, and why."""

    record: Record
    failure: Failure


class Queues(Protocol):
    """The buffer queue and its dead-letter queue. Neither method raises: what failed stays on the buffer."""

    def delay(self, delays: Sequence[Delay]) -> list[str | None]:
        """Hide messages; returns an error code for each that kept its old visibility timeout, else None."""

    def give_up(self, letters: Sequence[DeadLetter]) -> list[str | None]:
        """Copy messages to the dead-letter queue; returns an error code for each that is not there, else None."""


class SqsQueues:
    """The queues in SQS."""

    def __init__(self, client: Callable[[], Any], queue_url: str, dlq_url: str) -> None:
        """``client`` makes or returns the SQS client."""
        self._client = client
        self._queue_url = queue_url
        self._dlq_url = dlq_url

    def delay(self, delays: Sequence[Delay]) -> list[str | None]:
        """Hide messages, ten a call."""
        entries = [{"ReceiptHandle": d.receipt_handle, "VisibilityTimeout": d.seconds} for d in delays]
        return self._send("change_message_visibility_batch", self._queue_url, parts(entries))

    def give_up(self, letters: Sequence[DeadLetter]) -> list[str | None]:
        """Copy messages to the dead-letter queue, ten or one MiB a call."""
        letters_to_send = parts(
            [_entry(letter, self._dlq_url) for letter in letters], size=_size, most_bytes=MAX_MESSAGE_BYTES
        )
        return self._send("send_message_batch", self._dlq_url, letters_to_send)

    def _send(self, operation: str, url: str, calls: Iterable[list[dict[str, Any]]]) -> list[str | None]:
        return [result for part in calls for result in call_sqs(self._client, operation, url, part)]


def _entry(letter: DeadLetter, url: str) -> dict[str, Any]:
    """Return the message with its failure, or as much of that as fits: it must not stay behind for want of room."""
    kept = {name: value for name, value in letter.record.attributes.items() if not own(name)}
    attributes = {name: attribute for name, value in kept.items() if (attribute := to_send(value)) is not None}
    entry: dict[str, Any] = {"MessageBody": letter.record.text, "MessageAttributes": attributes}
    entry |= in_order(url, letter.record.group, letter.record.message_id)
    for failure in (letter.failure, replace(letter.failure, error_message="")):
        told = {FAILURE: {"DataType": "String", "StringValue": failure.to_json()}}
        if fits(to_wire(entry["MessageBody"]), {**attributes, **told}):
            return {**entry, "MessageAttributes": {**attributes, **told}}
    return entry if letter.record.position is None else _place_alone(entry, letter)


def _place_alone(entry: dict[str, Any], letter: DeadLetter) -> dict[str, Any]:
    """Return a letter without the record, which is larger than a message: the stream holds it where the letter says."""
    failure = replace(letter.failure, error_message="")
    told = {FAILURE: {"DataType": "String", "StringValue": failure.to_json()}}
    return {**entry, "MessageBody": "{}", "MessageAttributes": {**entry["MessageAttributes"], **told}}


def _size(entry: dict[str, Any]) -> int:
    return message_bytes(to_wire(entry["MessageBody"]), entry["MessageAttributes"])
