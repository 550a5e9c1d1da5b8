"""Message attributes of the buffer queue and its dead-letter queue.

SQS allows ten attributes a message: four of the request, up to four path parameters or three claims, one for a failure
or a replay.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.environment import JsonShape

if TYPE_CHECKING:
    from collections.abc import Mapping

REQUEST_ID = "request_id"
CORRELATION_ID = "correlation_id"
EVENT_ID = "event_id"
"""What an output has sent is known again by it: it is the same at every try."""
RECEIVED_AT = "received_at"
SOURCE_IP = "source_ip"
PATH_PREFIX = "path."
CLAIM_PREFIX = "claims."
LARGE_BODY = "large_body"
"""Where the body is that the message has no room for: ``LargeBody``."""
FAILURE = "failure"
ITEM_FAILED = "item-failed"
"""Reason of a letter that tells of one item of a map: the run that it is of goes on, or is redriven."""
REPLAY = "replay"
POSITION = "position"
"""Where a record of a stream stands: ``stream``, ``shard`` and ``sequence_number`` as JSON, as far as known."""
SIGNAL = "group_signal"
"""Marks a message of the queue of groups; its value is ``timeout`` or ``complete``."""
FIFO_SUFFIX = ".fifo"
"""How the names, URLs and ARNs of FIFO queues and topics end (CreateQueue, Amazon SQS API reference)."""
GROUP = re.compile(r"[!-~]{1,128}")
"""Groups that SQS takes: letters, digits and punctuation (SendMessage, Amazon SQS API reference)."""
NO_GROUP = "no-group"
"""The group of a record that names none, where a queue takes nothing without one."""
REPLAYED_AS = "messageId"
"""In the envelope of a stream's record that is handed over again: the id of the message that it now is."""
DELIVERY = "delivery"
"""In the envelope of a stream's record: what tells this delivery from the others, which no stream counts."""
MAX_PATH_PARAMETERS = 4
MAX_ATTRIBUTES = 10
"""Message attributes that SQS takes (Amazon SQS message quotas)."""
MAX_MESSAGE_BYTES = 1_048_576
"""Bytes of body and attributes together that SQS takes (Amazon SQS message quotas, 1 MiB)."""
RESERVED_BYTES = 16_384
"""Room kept for attributes: those of the request, and later those of a failure or a replay."""
MAX_LARGE_BYTES = 4_000_000
"""Bytes of a body that a function in front of the queue takes: Lambda takes 6 MB of an event, and API Gateway may write
the body in Base64."""
MAX_BODY_BYTES = MAX_MESSAGE_BYTES - RESERVED_BYTES


PERMANENT, EXHAUSTED = "permanent", "retries-exhausted"


@dataclass(frozen=True)
class Failure(JsonShape):
    """Why a message is a dead letter; ``reason`` is ``permanent``, ``retries-exhausted`` or ``item-failed``."""

    reason: str
    run_token: str
    run_id: str
    tenant: str
    error_type: str
    error_message: str
    failed_at: str


@dataclass(frozen=True)
class LargeBody(JsonShape):
    """An object in the bucket of the Raw Stage that holds a record's body."""

    key: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class Replay(JsonShape):
    """What a replayed message continues: the failed run becomes the parent of the new one."""

    parent_run_id: str
    replayed_by: str
    replayed_at: str
    previous_hash: str = ""
    """Hash of the ledger's ``replayed`` entry, which the new run follows."""


def message_bytes(body: bytes, attributes: Mapping[str, Mapping[str, Any]]) -> int:
    """Return the bytes that SQS counts: the body, and name, type and value of every attribute in SQS's own form."""
    values = (value.get("BinaryValue") or _utf8(value.get("StringValue", "")) for value in attributes.values())
    names = (_utf8(f"{name}{value['DataType']}") for name, value in attributes.items())
    return sum(map(len, (body, *names, *values)))


def fits(body: bytes, attributes: Mapping[str, Mapping[str, Any]]) -> bool:
    """Return whether SQS takes a message of this body with these attributes."""
    return len(attributes) <= MAX_ATTRIBUTES and message_bytes(body, attributes) <= MAX_MESSAGE_BYTES


def own(name: str) -> bool:
    """Return whether an attribute is the platform's word on one failure or replay, and no part of the record."""
    return name in (FAILURE, REPLAY)


def in_order(url: str, group: str | None, unique: str) -> dict[str, str]:
    """Return what a queue must be told so that it keeps a message's place in its group.

    A FIFO queue drops what it got under the same ``unique`` id in the last five minutes; another queue is told the
    group alone, if there is one.
    """
    if url.endswith(FIFO_SUFFIX):
        return {"MessageGroupId": group or NO_GROUP, "MessageDeduplicationId": unique}
    return {"MessageGroupId": group} if group else {}


def to_send(value: Any) -> dict[str, Any] | None:
    """Return an attribute as SQS takes it, from the form in which Lambda hands it over; None where it has no value."""
    kind = value.get("dataType")
    try:
        if isinstance(value.get("stringValue"), str):
            return {"DataType": kind, "StringValue": value["stringValue"]}
        if isinstance(value.get("binaryValue"), str):
            return {"DataType": kind, "BinaryValue": base64.b64decode(value["binaryValue"])}
    except ValueError:
        return None
    return None


def _utf8(text: str) -> bytes:
    return text.encode(errors="replace")
