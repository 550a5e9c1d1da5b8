"""The internal output by which a record is shared out: one message, or one for so many items, to a topic or a bus."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from jmespath.exceptions import JMESPathError

from functions.contract.event_bus import MAX_EVENTS
from functions.contract.identity import canonical_json
from functions.contract.message import LargeBody
from functions.contract.raw import large_key
from functions.contract.share import (
    DETAIL_TYPE,
    EVENT_BUS,
    LARGE,
    MAX_BYTES,
    RECORD,
    ROOM,
    SHARE,
    TEXT,
    ShareFacts,
    speaker,
)
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.batch_call import MAX_ENTRIES, call_named
from functions.runtime.errors import Invalid
from functions.runtime.objects import NdjsonObject
from functions.runtime.outputs.draft import SendDraft
from functions.runtime.outputs.kind import Landed
from functions.runtime.outputs.queue import with_own
from functions.runtime.outputs.sending import Sending, refused
from functions.runtime.record_identity import finder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.services import Services


@dataclass(frozen=True)
class Piece:
    """What one message holds: a body's text, the record's other fields, and where its items begin."""

    id: str
    text: str
    fields: str
    first: int | None


class ShareDraft(SendDraft[Piece]):
    """The messages into which one record is shared out."""

    def __init__(self, text: str, argument: Any, token: str, options: Mapping[str, Any]) -> None:
        """``options`` are ``items``, ``max_items`` and ``batch_items``; none where records go as a whole."""
        super().__init__(text, argument, token)
        self._options = options

    def put(self, record: Mapping[str, Any]) -> None:
        """Keep a record by its fields; its body goes as it was received, token for token.

        Raises:
            Invalid: the record has no list of items, or a longer one than is declared.
        """
        fields = canonical_json({name: value for name, value in record.items() if name != "body"})
        if "items" not in self._options:
            self.entries.append(Piece(self._next_id(), self._text, fields, None))
            return
        items, size = self._items(record), self._options["batch_items"]
        for first in range(0, len(items), size):
            together = items[first] if size == 1 else items[first : first + size]
            self.entries.append(Piece(self._next_id(), self._json(together), fields, first))

    def _items(self, record: Mapping[str, Any]) -> list[Any]:
        expression, most = self._options["items"], self._options["max_items"]
        try:
            found = finder(expression)(record)
        except (JMESPathError, RecursionError, ArithmeticError, ValueError, TypeError):
            found = None
        if not isinstance(found, list):
            raise Invalid(f"items: {expression} leads to no list")
        if len(found) > most:
            raise Invalid(f"items: {len(found)} in one record; at most {most}")
        return found


class ShareOutput:
    """The topic or the bus of one pipeline."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the ARN of the topic, or the name of the bus; the options say which."""
        self._name = settings.name
        self._target = settings.target
        self._options = settings.options
        self._by_bus = settings.options.get("via") == EVENT_BUS
        self._services = services

    def draft(self, text: str, argument: Any, token: str) -> ShareDraft:
        """Return an empty draft."""
        return ShareDraft(text, argument, token, self._options)

    def land(self, drafts: Sequence[tuple[str, ShareDraft]], flush: Flush) -> list[Landed | Failure]:
        """Hand the messages of all drafts over; where they went says how many they were."""
        told = [self._entries(tenant, draft, flush) for tenant, draft in drafts]
        whole = [entries for entries in told if isinstance(entries, list)]
        sent = iter(self._sending().land(whole))
        results = [next(sent) if isinstance(entries, list) else entries for entries in told]
        return [
            Landed(f"{self._target}#{len(draft.entries)}") if isinstance(result, Landed) and draft.entries else result
            for (_, draft), result in zip(drafts, results, strict=True)
        ]

    def _sending(self) -> Sending[dict[str, Any]]:
        if self._by_bus:
            return Sending(self._name, MAX_EVENTS, MAX_BYTES, _event_size, self._put)
        return Sending(self._name, MAX_ENTRIES, MAX_BYTES, _notice_size, self._publish)

    def _entries(self, tenant: str, draft: ShareDraft, flush: Flush) -> list[dict[str, Any]] | Failure:
        try:
            texts = [self._text(piece, number, tenant, draft, flush) for number, piece in enumerate(draft.entries)]
        except AWS_FAILURES as error:
            return refused(f"{self._name}: large part", error_code(error))
        if self._by_bus:
            bus = {"EventBusName": self._target, "Source": speaker(flush.settings.pipeline), "DetailType": DETAIL_TYPE}
            return [{**bus, "Detail": text} for text in texts]
        return [
            {"Message": text, "MessageAttributes": with_own({}, piece.id, flush, draft.token)}
            for piece, text in zip(draft.entries, texts, strict=True)
        ]

    def _text(self, piece: Piece, number: int, tenant: str, draft: ShareDraft, flush: Flush) -> str:
        """Return a message: the facts, then the record, or where it is."""
        record = flush.records[draft.token]
        facts = ShareFacts(
            token=draft.token,
            run_id=record.run_id,
            tenant=tenant,
            correlation_id=record.correlation_id,
            number=number,
            count=len(draft.entries),
            first=piece.first,
            accepted_at=record.accepted_at,
        )
        content = f'"{RECORD}":{piece.fields},"{TEXT}":{json.dumps(piece.text, ensure_ascii=False)}'
        shared = f'"{SHARE}":{facts.to_json()}'
        if len(content.encode()) + len(shared) + ROOM <= MAX_BYTES:
            return f"{{{shared},{content}}}"
        place = self._keep(f"{{{content}}}", piece.id, flush)
        return f'{{{shared},"{LARGE}":{canonical_json(asdict(place))}}}'

    def _keep(self, content: str, id: str, flush: Flush) -> LargeBody:
        """Keep what no message holds as an object; the same at every try."""
        line = content.encode()
        digest = hashlib.sha256(line + b"\n").hexdigest()
        key = large_key(flush.settings.pipeline, flush.load_date, id, digest)
        self._services.objects.put(NdjsonObject(flush.settings.raw_bucket, key, (line,), flush.metadata(1)))
        return LargeBody(key, digest, len(line) + 1)

    def _publish(self, part: list[dict[str, Any]]) -> list[str | None]:
        def publish(named: list[dict[str, Any]]) -> Any:
            return self._services.client("sns").publish_batch(TopicArn=self._target, PublishBatchRequestEntries=named)

        return call_named(publish, part)

    def _put(self, part: list[dict[str, Any]]) -> list[str | None]:
        from functions.runtime.outputs.event_bus import put_events

        return put_events(self._services.client, part)


def _notice_size(entry: dict[str, Any]) -> int:
    from functions.contract.message import message_bytes

    return message_bytes(entry["Message"].encode(), entry["MessageAttributes"])


def _event_size(entry: dict[str, Any]) -> int:
    return sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def make(settings: OutputSettings, services: Services) -> ShareOutput:
    """Return the internal output."""
    return ShareOutput(settings, services)
