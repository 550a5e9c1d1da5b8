"""Records of a Kinesis stream: the JSON that a producer has put, and where it stands under ``stream``."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import decode
from functions.runtime.readers.stream import known_text, malformed, milliseconds, read_stream, shard_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

AGGREGATED = b"\xf3\x89\x9a\xc2"
"""How a record begins that the Kinesis Producer Library has packed others into (KPL aggregated record format)."""


def read(event: Mapping[str, Any], options: Mapping[str, Any]) -> Record:  # noqa: ARG001
    """Return the record of one envelope of a stream."""
    told = event.get("kinesis")
    told = told if isinstance(told, dict) else {}
    text, body, fault = _data(told.get("data"))
    event_id, key = known_text(event.get("eventID")), known_text(told.get("partitionKey"))
    sequence_number = known_text(told.get("sequenceNumber"))
    arrived = told.get("approximateArrivalTimestamp")
    stream = {
        "event_id": event_id,
        "shard": shard_of(event_id),
        "sequence_number": sequence_number,
        "partition_key": key,
        "approximate_arrival": milliseconds(arrived),
    }
    return read_stream(
        event,
        text,
        {"body": body, "stream": stream},
        fault,
        lane=key,
        sequence_number=sequence_number,
        arrived=arrived,
    )


def _data(data: Any) -> tuple[str, Any, ContractBreak | None]:
    """Return text and decoded body of the data, and what is wrong with them."""
    try:
        raw = base64.b64decode(data, validate=True) if isinstance(data, str) else None
    except (ValueError, binascii.Error):
        raw = None
    if raw is None:
        return "", None, malformed("kinesis.data", "not base64")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        why = "an aggregated record of the Kinesis Producer Library" if raw.startswith(AGGREGATED) else str(error)
        return raw.decode(errors="backslashreplace"), None, ContractBreak("body-not-json", "body", why)
    return (text, *decode(text))
