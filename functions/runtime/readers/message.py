"""What every message of a buffer queue holds, whatever its source: text, attributes, and what it continues."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from functions.contract.message import CORRELATION_ID, GROUP, RECEIVED_AT, REPLAY, REQUEST_ID, Replay
from functions.runtime.errors import ContractBreak
from functions.runtime.record import Record
from functions.runtime.wire_text import encodable, wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

MILLISECONDS = re.compile(r"[0-9]{1,15}")
HASH = re.compile(r"[0-9a-f]{64}")
MAX_ID_LENGTH = 200
"""Characters of a correlation id that are kept; it comes from outside."""


def read_message(message: Mapping[str, Any], fields: Mapping[str, Any]) -> Record:
    """Return the record of one SQS message of a Lambda event; ``fields`` are those beside ``body``.

    A body that is no JSON is not an error here: the record says so in ``fault``.
    """
    text = str(message.get("body") or "")
    body, fault = decode(text)
    attributes = own_attributes(message)
    message_id = str(message["messageId"])
    parent, replay_hash = continued(string(attributes, REPLAY))
    return Record(
        message_id=message_id,
        receipt_handle=str(message.get("receiptHandle", "")),
        receive_count=receive_count(message),
        text=text,
        payload_hash=wire_hash(text),
        fields={"body": body, **fields},
        attributes=attributes,
        correlation_id=(string(attributes, CORRELATION_ID) or string(attributes, REQUEST_ID) or message_id)[
            :MAX_ID_LENGTH
        ],
        accepted_at=_milliseconds(string(attributes, RECEIVED_AT)),
        queued_at=_milliseconds(_system(message, "SentTimestamp")),
        parent_run_id=parent,
        replay_hash=replay_hash,
        group=_group(message),
        lane=_group(message),
        fault=fault,
    )


def decode(text: str) -> tuple[Any, ContractBreak | None]:
    """Return the decoded JSON text, or None and what is wrong with it; NaN and infinities are not JSON."""
    try:
        if not encodable(text):
            raise ValueError("the text is not valid Unicode")
        return _DECODER.decode(text), None
    except ValueError as error:
        return None, ContractBreak("body-not-json", "body", str(error))
    except RecursionError:
        return None, ContractBreak("body-not-json", "body", "nested too deeply")


def own_attributes(message: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return the message attributes that have the form Lambda gives them."""
    attributes = message.get("messageAttributes")
    if not isinstance(attributes, dict):
        return {}
    return {str(name): value for name, value in attributes.items() if isinstance(value, dict)}


def string(attributes: Mapping[str, Mapping[str, Any]], name: str) -> str | None:
    """Return the text of an attribute, or None when it is absent or not text."""
    value = attributes.get(name, {}).get("stringValue")
    return value if isinstance(value, str) and value and encodable(value) else None


def receive_count(message: Mapping[str, Any]) -> int:
    """Return how often the message was received, this time included."""
    count = _system(message, "ApproximateReceiveCount")
    return max(1, int(count)) if count and count.isdecimal() else 1


def _system(message: Mapping[str, Any], name: str) -> str | None:
    """Return an attribute that SQS itself sets, or None where it is missing."""
    system = message.get("attributes")
    value = system.get(name) if isinstance(system, dict) else None
    return None if value is None else str(value)


def _group(message: Mapping[str, Any]) -> str | None:
    """Return the group that the message was sent in, when it is one that it can be sent in again."""
    group = _system(message, "MessageGroupId")
    return group if group and GROUP.fullmatch(group) else None


def _milliseconds(text: str | None) -> int | None:
    return int(text) if text and MILLISECONDS.fullmatch(text) else None


def continued(replay: str | None) -> tuple[str | None, str | None]:
    """Return run and ledger entry that are continued; whoever may send to the queue may write anything here."""
    try:
        sign = Replay.from_json(replay) if replay else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None, None
    parent: object = sign.parent_run_id if sign else None
    if not sign or not isinstance(parent, str) or not parent or not encodable(parent):
        return None, None
    previous: object = sign.previous_hash
    return parent[:MAX_ID_LENGTH], previous if isinstance(previous, str) and HASH.fullmatch(previous) else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
