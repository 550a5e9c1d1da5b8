"""A record as a drill makes it up, and the message in which its source would deliver it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

ACCOUNT, REGION = "111122223333", "eu-central-1"
"""The account is the one of AWS's own examples."""
EPOCH = datetime(2026, 1, 31, 12, tzinfo=UTC)
"""When the first record is sent."""


@dataclass(frozen=True, kw_only=True)
class SampleRecord:
    """One record before its source has put it into an envelope."""

    id: str
    """What a service that names its records knows this one by; it is the same whenever the record comes again."""
    text: str
    """The body as its sender wrote it, which may be no JSON."""
    number: int = 0
    """Counts the records of one identity each, from 0."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What stands beside the body."""
    group: str = ""
    """Records of one group are kept in order where the source does so."""

    @property
    def body(self) -> Any:
        """The decoded body; a text that is no JSON stays what it is."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return self.text

    @property
    def at(self) -> datetime:
        """When it was sent: a second after the one before."""
        return EPOCH + timedelta(seconds=self.number)


@dataclass(frozen=True, kw_only=True)
class SampleMessage:
    """What reaches the queue, or of a stream the record without its position."""

    text: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[str, bytes] = field(default_factory=dict)
    """Objects that stand in the source's bucket, by ``bucket/key``, before the message comes."""


def plain(record: SampleRecord) -> SampleMessage:
    """Return a record that its source delivers as it was sent."""
    return SampleMessage(text=record.text, attributes=record.attributes)


def enveloped(envelope: Mapping[str, Any], **beside: Any) -> SampleMessage:
    """Return a message whose text is an envelope."""
    return SampleMessage(text=json.dumps(envelope, ensure_ascii=False), **beside)
