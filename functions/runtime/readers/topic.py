"""Records of a topic: the body of a message as it was published, with its attributes beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime.readers import queue
from functions.runtime.readers.message import decode
from functions.runtime.wire_text import encodable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.readers.envelope import Opened
    from functions.runtime.record import Record

TOLD = {"arn": "TopicArn", "message_id": "MessageId", "subject": "Subject", "published_at": "Timestamp"}
"""What a record says of its publication, by SNS's own words for it."""


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the record of one message; SNS puts an envelope around it unless delivery is raw."""
    if options.get("raw", True):
        return queue.read(message, options)
    from functions.runtime.readers.envelope import read_enveloped

    return read_enveloped(message, _open, {"attributes": {}, "topic": {}}, "notification of SNS")


def _open(envelope: dict[str, Any]) -> Opened | None:
    from functions.runtime.readers.envelope import Opened, told

    text = envelope.get("Message")
    if envelope.get("Type") != "Notification" or not isinstance(text, str):
        return None
    body, fault = decode(text)
    return Opened(text, body, {"attributes": _attributes(envelope), "topic": told(envelope, TOLD)}, fault)


def _attributes(envelope: Mapping[str, Any]) -> dict[str, str]:
    attributes = envelope.get("MessageAttributes")
    values = attributes.items() if isinstance(attributes, dict) else ()
    texts = {str(name): value.get("Value") for name, value in values if isinstance(value, dict)}
    return {name: text for name, text in texts.items() if isinstance(text, str) and text and encodable(text)}
