"""A message whose body is elsewhere: where that is, and the record once it has been fetched."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.contract.message import LARGE_BODY, LargeBody
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import decode, own_attributes, string
from functions.runtime.wire_text import wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

FETCHED = "fetchedBody"
"""What a message holds beside what Lambda hands over: the bytes of its body, or the code of the call that failed."""
GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


def place_of(message: Mapping[str, Any]) -> LargeBody | None:
    """Return where the body of a message is; None where the message holds it, or names nothing that could be one."""
    text = string(own_attributes(message), LARGE_BODY)
    try:
        place = LargeBody.from_json(text) if text else None
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None
    texts: tuple[object, ...] = (place.key, place.sha256) if place else ()
    return place if texts and all(isinstance(text, str) for text in texts) else None


def opened(record: Record, message: Mapping[str, Any]) -> Record:
    """Return the record with the body that was fetched for it; its text stays the message's own."""
    found, place = message.get(FETCHED), place_of(message)
    if isinstance(found, str) and found not in GONE:
        return replace(record, unread=f"large-body: {found}")
    if not isinstance(found, bytes) or place is None:
        return _faulty(record, "large-body-gone", "the object of the body does not exist")
    if hashlib.sha256(found).hexdigest() != place.sha256:
        return _faulty(record, "large-body-altered", "the object is not the body that was taken")
    text = found.decode(errors="backslashreplace")
    body, fault = decode(text)
    fields = {**record.fields, "body": body}
    return replace(record, payload=text, payload_hash=wire_hash(text), fields=fields, fault=fault)


def _faulty(record: Record, code: str, detail: str) -> Record:
    return replace(record, fields={**record.fields, "body": None}, fault=ContractBreak(code, "body", detail))
