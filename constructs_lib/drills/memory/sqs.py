"""SQS in memory: visibility timeouts, receive counts, redrive, order in groups, and what batch calls refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.limits import require
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls

MAX_ENTRIES = 10
MAX_ATTRIBUTES = 10
MAX_VISIBILITY = 43_200
MAX_DELAY = 900
REMEMBERED = 300.0
"""Seconds for which a FIFO queue knows an id again (SendMessage, Amazon SQS API reference)."""


@dataclass
class Message:
    """A message of a queue; ``visible_at`` in seconds since 1970."""

    id: str
    body: str
    attributes: dict[str, dict[str, Any]]
    visible_at: float = 0.0
    receive_count: int = 0
    sent_at: float = 0.0
    group: str | None = None

    @property
    def receipt_handle(self) -> str:
        """What the newest receive is known by."""
        return f"{self.id}/{self.receive_count}"

    def told(self) -> dict[str, Any]:
        """Return the message as SQS tells it to whoever receives it."""
        return {
            "MessageId": self.id,
            "ReceiptHandle": self.receipt_handle,
            "Body": self.body,
            "MessageAttributes": self.attributes,
            "Attributes": {
                "ApproximateReceiveCount": str(self.receive_count),
                **({"MessageGroupId": self.group} if self.group else {}),
            },
        }

    def to_record(self) -> dict[str, Any]:
        """Return the message as Lambda hands it over."""
        return {
            "messageId": self.id,
            "receiptHandle": self.receipt_handle,
            "body": self.body,
            "attributes": {
                "ApproximateReceiveCount": str(self.receive_count),
                "SentTimestamp": str(round(self.sent_at * 1000)),
                **({"MessageGroupId": self.group} if self.group else {}),
            },
            "messageAttributes": {name: _handed_over(value) for name, value in self.attributes.items()},
            "eventSource": "aws:sqs",
        }


@dataclass
class MemorySqs:
    """Queues by URL; a queue named in ``redrive`` moves messages that were received too often."""

    calls: Calls
    now: Callable[[], float]
    visibility_timeout: float = 180.0
    redrive: dict[str, tuple[str, int]] = field(default_factory=dict)
    queues: dict[str, list[Message]] = field(default_factory=dict)
    refuse: Callable[[dict[str, Any]], str | None] = lambda _entry: None
    delays: dict[str, int] = field(default_factory=dict)
    moved: dict[str, Message] = field(default_factory=dict)
    """Messages that were received too often, by id."""
    taken: dict[str, list[str]] = field(default_factory=dict)
    """Ids of all messages that each queue was ever sent."""
    watch: Callable[[str, Message], None] = lambda _url, _message: None
    """Called with every message that a queue takes."""
    watchers: list[Callable[[str, Message], None]] = field(default_factory=list)
    """Called likewise."""
    _sent: int = 0
    _known: dict[tuple[str, str, str], tuple[float, Message]] = field(default_factory=dict)
    """What FIFO queues know again, by queue, group and id: until when, and the message that it was."""

    def put(
        self, url: str, body: str, attributes: dict[str, dict[str, Any]] | None = None, group: str | None = None
    ) -> Message:
        """Take a message that is visible at once."""
        self._sent += 1
        now = self.now()
        message = Message(f"message-{self._sent}", body, dict(attributes or {}), now, sent_at=now, group=group)
        self.queue(url).append(message)
        self.taken.setdefault(url, []).append(message.id)
        for watch in (self.watch, *self.watchers):
            watch(url, message)
        return message

    def queue(self, url: str) -> list[Message]:
        """Return the messages of a queue, hidden ones too."""
        return self.queues.setdefault(url, [])

    def receive(self, url: str, limit: int, hide: float | None = None) -> list[Message]:
        """Return visible messages and hide them; what was received too often moves to the dead-letter queue.

        In a FIFO queue a hidden message holds up those of its group that came after it.
        """
        taken: list[Message] = []
        held: set[str | None] = set()
        for message in list(self.queue(url)):
            if len(taken) == limit or (url.endswith(FIFO_SUFFIX) and message.group in held):
                continue
            if message.visible_at > self.now():
                held.add(message.group)
                continue
            message.receive_count += 1
            dlq, most = self.redrive.get(url, ("", 10**9))
            if message.receive_count > most:
                self.queue(url).remove(message)
                self.queue(dlq).append(message)
                self.moved[message.id] = message
                continue
            message.visible_at = self.now() + (self.visibility_timeout if hide is None else hide)
            taken.append(message)
        return taken

    def soonest(self, url: str) -> float:
        """Return when the next message can be received; in a FIFO queue the first of a group speaks for all of it."""
        waiting = self.queue(url)
        if url.endswith(FIFO_SUFFIX):
            waiting = list({message.group: message for message in reversed(waiting)}.values())
        return min(message.visible_at for message in waiting)

    def delete(self, url: str, message: Message) -> None:
        """Take a message off its queue."""
        self.queue(url).remove(message)

    def send_message(
        self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any], **order: str
    ) -> dict[str, Any]:
        """Take one message."""
        with self.calls.call("SendMessage"):
            entry = {"MessageBody": MessageBody, "MessageAttributes": MessageAttributes, **order}
            return {"MessageId": self._take(QueueUrl, entry).id}

    def receive_message(
        self, *, QueueUrl: str, MaxNumberOfMessages: int, VisibilityTimeout: int, **_asked: Any
    ) -> dict[str, Any]:
        """Return visible messages as SQS tells them, and hide them."""
        with self.calls.call("ReceiveMessage"):
            require(1 <= MaxNumberOfMessages <= MAX_ENTRIES, f"a call receives 1 to {MAX_ENTRIES} messages")
            return {"Messages": [one.told() for one in self.receive(QueueUrl, MaxNumberOfMessages, VisibilityTimeout)]}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:
        """Take a message off its queue; one that is gone, or was received again since, stays as it is."""
        with self.calls.call("DeleteMessage"):
            for message in self._received_as(QueueUrl, ReceiptHandle):
                self.delete(QueueUrl, message)

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        """Hide one message for its seconds from now."""
        with self.calls.call("ChangeMessageVisibility"):
            self._hide(QueueUrl, {"ReceiptHandle": ReceiptHandle, "VisibilityTimeout": VisibilityTimeout})

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Hide each message for its seconds from now."""
        with self.calls.call("ChangeMessageVisibilityBatch"):
            return self._each(Entries, lambda entry: self._hide(QueueUrl, entry))

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Take each message."""
        with self.calls.call("SendMessageBatch", QueueUrl):
            return self._each(Entries, lambda entry: self._take(QueueUrl, entry))

    def _each(self, entries: list[dict[str, Any]], act: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        require(0 < len(entries) <= MAX_ENTRIES, f"a call takes 1 to {MAX_ENTRIES} entries")
        require(len({entry["Id"] for entry in entries}) == len(entries), "the entries of a call have ids of their own")
        done: list[dict[str, Any]] = []
        failed: list[dict[str, Any]] = []
        for entry in entries:
            code = self.refuse(entry)
            if code:
                failed.append({"Id": entry["Id"], "Code": code, "SenderFault": False})
            else:
                act(entry)
                done.append({"Id": entry["Id"]})
        return {"Successful": done, "Failed": failed}

    def _hide(self, url: str, entry: dict[str, Any]) -> None:
        seconds = entry["VisibilityTimeout"]
        require(isinstance(seconds, int), "a visibility timeout is whole seconds")
        require(0 <= seconds <= MAX_VISIBILITY, f"a visibility timeout is 0 to {MAX_VISIBILITY} seconds")
        for message in self._received_as(url, entry["ReceiptHandle"]):
            message.visible_at = self.now() + seconds
            self.delays[message.id] = seconds

    def _received_as(self, url: str, handle: str) -> list[Message]:
        return [message for message in self.queue(url) if message.receipt_handle == handle]

    def _take(self, url: str, entry: dict[str, Any]) -> Message:
        require(len(entry["MessageAttributes"]) <= MAX_ATTRIBUTES, f"a message has up to {MAX_ATTRIBUTES} attributes")
        delay = entry.get("DelaySeconds", 0)
        require(0 <= delay <= MAX_DELAY, f"a message is delayed by up to {MAX_DELAY} seconds")
        group, unique = entry.get("MessageGroupId"), entry.get("MessageDeduplicationId")
        fifo = url.endswith(FIFO_SUFFIX)
        require(not fifo or bool(group), "a message of a FIFO queue has a group")
        require(not fifo or bool(unique), "a message of a FIFO queue has a deduplication id")
        require(not fifo or not delay, "a message of a FIFO queue has no delay of its own")
        require(fifo or unique is None, "a message of a standard queue has no deduplication id")
        key = (url, group or "", unique or "")
        until, known = self._known.get(key, (0.0, None))
        if fifo and known is not None and until > self.now():
            return known
        message = self.put(url, entry["MessageBody"], entry["MessageAttributes"], group)
        message.visible_at += delay
        self._known[key] = (self.now() + REMEMBERED, message)
        return message


def _handed_over(value: dict[str, Any]) -> dict[str, Any]:
    return {"stringValue": value["StringValue"], "dataType": value["DataType"], "binaryListValues": []}
