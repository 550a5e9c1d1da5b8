"""The topic output: messages to an SNS topic, ten a call, each with an id by which a subscriber knows a repeat."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import message_bytes
from functions.runtime.batch_call import MAX_ENTRIES, call_named
from functions.runtime.outputs.draft import MessageDraft, OutputMisuse, in_order
from functions.runtime.outputs.queue import with_own
from functions.runtime.outputs.sending import Sending

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.outputs.kind import Landed
    from functions.runtime.services import Services

MAX_BYTES = 262_144
"""Bytes of the messages of one call together (Amazon SNS API reference, PublishBatch, 256 KiB)."""
LONGEST_SUBJECT = 100
"""Characters of a subject (Amazon SNS API reference, Publish)."""


@dataclass(frozen=True)
class Notice:
    """One message as it was put."""

    id: str
    body: str
    attributes: dict[str, dict[str, Any]]
    group: str | None
    subject: str | None


class TopicDraft(MessageDraft[Notice]):
    """The messages that one run has put."""

    def put(
        self,
        body: Any,
        *,
        attributes: Mapping[str, str | float | bytes] | None = None,
        group: str | None = None,
        subject: str | None = None,
    ) -> None:
        """Keep one message, whose body is sent as JSON.

        Args:
            body: the record itself is sent as received, token for token; anything else as canonical JSON.
            attributes: up to eight, of text, numbers or bytes; subscriptions filter by them.
            group: what a FIFO topic keeps in order; the tenant when absent.
            subject: for subscribers by mail, up to 100 printable ASCII characters.

        Raises:
            OutputMisuse: a part of it is none that SNS takes.
            TypeError, ValueError: the body cannot be written as JSON.
            RuntimeError: the run has ended.
        """
        if subject is not None and not (
            0 < len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()
        ):
            raise OutputMisuse(f"a subject has 1 to {LONGEST_SUBJECT} printable ASCII characters")
        given, kept = self._attributes(attributes), self._group(group)
        self.entries.append(Notice(self._next_id(), self._json(body), given, kept, subject))


class TopicOutput:
    """One topic."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the topic's ARN."""
        self._name = settings.name
        self._arn = settings.target
        self._fifo = bool(settings.options.get("fifo"))
        self._client = services.client

    def draft(self, text: str, argument: Any, token: str) -> TopicDraft:
        """Return an empty draft."""
        return TopicDraft(text, argument, token, fifo=self._fifo)

    def land(self, drafts: Sequence[tuple[str, TopicDraft]], flush: Flush) -> list[Landed | Failure]:
        """Publish the messages of all drafts, in the order in which they were put."""
        sending: Sending[dict[str, Any]] = Sending(self._name, MAX_ENTRIES, MAX_BYTES, _size, self._publish)
        return sending.land(
            [[self._entry(notice, tenant, flush, draft.token) for notice in draft.entries] for tenant, draft in drafts]
        )

    def _entry(self, notice: Notice, tenant: str, flush: Flush, token: str) -> dict[str, Any]:
        entry = {"Message": notice.body, "MessageAttributes": with_own(notice.attributes, notice.id, flush, token)}
        if notice.subject is not None:
            entry["Subject"] = notice.subject
        if self._fifo:
            return {**entry, **in_order(notice.group, tenant, notice.id)}
        return entry

    def _publish(self, part: list[dict[str, Any]]) -> list[str | None]:
        def publish(named: list[dict[str, Any]]) -> Any:
            return self._client("sns").publish_batch(TopicArn=self._arn, PublishBatchRequestEntries=named)

        return call_named(publish, part)


def _size(entry: dict[str, Any]) -> int:
    return message_bytes(entry["Message"].encode(), entry["MessageAttributes"]) + len(entry.get("Subject", ""))


def make(settings: OutputSettings, services: Services) -> TopicOutput:
    """Return one topic."""
    return TopicOutput(settings, services)
