"""What every record of a stream has, whatever the stream: an id, a position, and the envelope that it came in.

A replay hands the envelope over again under a message id of its own, with the sign of the replay beside it; a stream
itself adds neither.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.message import DELIVERY, POSITION, REPLAY, REPLAYED_AS
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import MAX_ID_LENGTH, continued, own_attributes, string
from functions.runtime.record import Record
from functions.runtime.wire_text import encodable, wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN = frozenset({DELIVERY, REPLAYED_AS, "messageAttributes"})
"""What the platform adds to an envelope."""
MILLISECONDS = 1000


def read_stream(
    event: Mapping[str, Any],
    text: str,
    fields: Mapping[str, Any],
    fault: ContractBreak | None,
    *,
    lane: str | None,
    sequence_number: str | None,
    arrived: Any,
) -> Record:
    """Return the record of one envelope; ``text`` is its body, ``arrived`` in seconds since 1970."""
    envelope = json.dumps({name: value for name, value in event.items() if name not in OWN}, separators=(",", ":"))
    event_id = known_text(event.get("eventID"))
    if fault is None and not (event_id and sequence_number):
        fault = malformed("eventID" if not event_id else "sequence number", "missing")
    attributes = own_attributes(event)
    replayed_as = known_text(event.get(REPLAYED_AS))
    parent, replay_hash = continued(string(attributes, REPLAY))
    event_id = event_id or wire_hash(text)
    return Record(
        message_id=replayed_as or event_id,
        receipt_handle="",
        receive_count=1,
        text=envelope,
        payload=text,
        payload_hash=wire_hash(text),
        fields={**fields, "body": None} if fault else dict(fields),
        attributes=attributes | _position(event, sequence_number),
        correlation_id=event_id[:MAX_ID_LENGTH],
        accepted_at=None,
        queued_at=None if parent else milliseconds(arrived),
        parent_run_id=parent,
        replay_hash=replay_hash,
        lane=lane,
        position=sequence_number,
        delivery=known_text(event.get(DELIVERY)),
        fault=fault,
    )


def malformed(place: str, why: str) -> ContractBreak:
    """Return what is wrong with an envelope that its service would not send so."""
    return ContractBreak("envelope-malformed", place, why)


def known_text(value: Any) -> str | None:
    """Return a text that can be written and is not empty, else None."""
    return value if isinstance(value, str) and value and encodable(value) else None


def milliseconds(seconds: Any) -> int | None:
    """Return a time in milliseconds since 1970; None for what is no time of this age."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 10**11:
        return None
    return round(seconds * MILLISECONDS)


def shard_of(event_id: str | None) -> str | None:
    """Return the shard that an event id of Kinesis names; ids of DynamoDB name none."""
    shard, colon, _ = (event_id or "").partition(":")
    return shard if colon and shard else None


def _position(event: Mapping[str, Any], sequence_number: str | None) -> dict[str, Mapping[str, Any]]:
    """Return where the record stands, as the attribute that a letter of it carries."""
    place = {
        "stream": known_text(event.get("eventSourceARN")),
        "shard": shard_of(known_text(event.get("eventID"))),
        "sequence_number": sequence_number,
    }
    told = {name: value for name, value in place.items() if value}
    return {POSITION: {"stringValue": canonical_json(told), "dataType": "String"}} if told else {}
