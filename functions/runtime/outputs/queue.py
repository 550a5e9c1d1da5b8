"""The queue output: messages to an SQS queue, ten a call, each with an id by which a receiver knows a repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import CORRELATION_ID, EVENT_ID, MAX_MESSAGE_BYTES, message_bytes
from functions.runtime.batch_call import MAX_ENTRIES, call_sqs
from functions.runtime.outputs.draft import MessageDraft, OutputMisuse, in_order
from functions.runtime.outputs.sending import Sending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.outputs.kind import Landed
    from functions.runtime.services import Services

LONGEST_DELAY = 900
"""Seconds that SQS holds a message back at most (SendMessage, Amazon SQS API reference)."""


@dataclass(frozen=True)
class Message:
    """One message as it was put."""

    id: str
    body: str
    attributes: dict[str, dict[str, Any]]
    group: str | None
    delay: int


class QueueDraft(MessageDraft[Message]):
    """The messages that one run has put."""

    def put(
        self,
        body: Any,
        *,
        attributes: Mapping[str, str | float | bytes] | None = None,
        group: str | None = None,
        delay: int = 0,
    ) -> None:
        """Keep one message, whose body is sent as JSON.

        Args:
            body: the record itself is sent as received, token for token; anything else as canonical JSON.
            attributes: up to eight, of text, numbers or bytes.
            group: what a FIFO queue keeps in order; the tenant when absent.
            delay: seconds until the message can be received, up to 900; a FIFO queue has no delay of one message.

        Raises:
            OutputMisuse: a part of it is none that SQS takes.
            TypeError, ValueError: the body cannot be written as JSON.
            RuntimeError: the run has ended.
        """
        if not 0 <= delay <= (0 if self._fifo else LONGEST_DELAY):
            raise OutputMisuse(f"a delay of {delay} seconds; a standard queue takes up to {LONGEST_DELAY}, FIFO none")
        given, kept = self._attributes(attributes), self._group(group)
        self.entries.append(Message(self._next_id(), self._json(body), given, kept, delay))


class QueueOutput:
    """One queue."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the queue's URL."""
        self._name = settings.name
        self._url = settings.target
        self._fifo = bool(settings.options.get("fifo"))
        self._client = services.client

    def draft(self, text: str, argument: Any, token: str) -> QueueDraft:
        """Return an empty draft."""
        return QueueDraft(text, argument, token, fifo=self._fifo)

    def land(self, drafts: Sequence[tuple[str, QueueDraft]], flush: Flush) -> list[Landed | Failure]:
        """Send the messages of all drafts, in the order in which they were put."""
        sending: Sending[dict[str, Any]] = Sending(
            self._name, MAX_ENTRIES, MAX_MESSAGE_BYTES, _size, lambda part: call_sqs(self._sqs, SEND, self._url, part)
        )
        return sending.land(
            [
                [self._entry(message, tenant, flush, draft.token) for message in draft.entries]
                for tenant, draft in drafts
            ]
        )

    def _entry(self, message: Message, tenant: str, flush: Flush, token: str) -> dict[str, Any]:
        entry = {
            "MessageBody": message.body,
            "MessageAttributes": with_own(message.attributes, message.id, flush, token),
        }
        if self._fifo:
            return {**entry, **in_order(message.group, tenant, message.id)}
        return {**entry, "DelaySeconds": message.delay} if message.delay else entry

    def _sqs(self) -> Any:
        return self._client("sqs")


SEND = "send_message_batch"


def with_own(given: dict[str, dict[str, Any]], id: str, flush: Flush, token: str) -> dict[str, dict[str, Any]]:
    """Return attributes with the id of what is sent, and the correlation id that a receiving pipeline goes on with."""
    record = flush.records.get(token)
    correlated = record is not None and record.correlation_id.isprintable() and record.correlation_id
    own = {EVENT_ID: id, **({CORRELATION_ID: correlated} if correlated else {})}
    return {**given, **{name: {"DataType": "String", "StringValue": value} for name, value in own.items()}}


def _size(entry: dict[str, Any]) -> int:
    return message_bytes(entry["MessageBody"].encode(), entry["MessageAttributes"])


def make(settings: OutputSettings, services: Services) -> QueueOutput:
    """Return one queue."""
    return QueueOutput(settings, services)
