"""Records of a worker's queue: a part of a record, as the pipeline has shared it out."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from functions.contract.message import LargeBody
from functions.contract.share import EVENT_BUS, LARGE, RECORD, SHARE, TEXT, ShareFacts, part_name, part_names
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.envelope import MALFORMED
from functions.runtime.readers.large_body import FETCHED, GONE
from functions.runtime.readers.message import decode, read_message
from functions.runtime.wire_text import encodable, wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

MOST_REFERRING = 8_192
"""Characters of a message that only says where its part is; a longer one holds it."""
TEXTS = ("token", "run_id", "tenant", "correlation_id")


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the record of one part: the fields that the whole record had, with the part as ``body``.

    ``share`` beside them tells whose part it is: ``token``, ``tenant``, ``worker``, ``part``, ``number``, ``expected``.
    """
    record = read_message(message, {})
    envelope = _envelope(record.body, options)
    facts = _facts(envelope)
    if facts is None:
        return _faulty(record, MALFORMED, "the message is no part of a record")
    shared = _shared(facts, options)
    known = replace(
        record,
        fields={"body": None, SHARE: shared},
        correlation_id=facts.correlation_id,
        parent_run_id=record.parent_run_id or facts.run_id,
        accepted_at=facts.accepted_at,
        step=shared["part"],
    )
    return _opened(known, envelope, message)


def place_of(message: Mapping[str, Any], options: Mapping[str, Any]) -> LargeBody | None:
    """Return where the part of a message is; None where the message holds it."""
    text = str(message.get("body") or "")
    if len(text) > MOST_REFERRING:
        return None
    return _place(_envelope(decode(text)[0], options))


def _envelope(body: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was handed over; a bus puts an event around it."""
    found = body.get("detail") if options.get("via") == EVENT_BUS and isinstance(body, dict) else body
    return found if isinstance(found, dict) else {}


def _facts(envelope: dict[str, Any]) -> ShareFacts | None:
    try:
        facts = ShareFacts(**envelope[SHARE])
    except (KeyError, TypeError):
        return None
    texts: tuple[object, ...] = tuple(getattr(facts, name) for name in TEXTS)
    numbers: tuple[object, ...] = (facts.number, facts.count)
    told = all(isinstance(text, str) and text and encodable(text) for text in texts)
    counts = all(type(number) is int for number in numbers) and 0 <= facts.number < facts.count
    return facts if told and counts and isinstance(facts.accepted_at, int | None) else None


def _shared(facts: ShareFacts, options: Mapping[str, Any]) -> dict[str, Any]:
    worker, numbered = str(options["worker"]), facts.first is not None
    shared = {
        "token": facts.token,
        "tenant": facts.tenant,
        "worker": worker,
        "number": f"{facts.number}",
        "first": facts.first,
        "part": part_name(worker, facts.number, numbered=numbered),
    }
    joined = options.get("joined")
    return {**shared, "expected": part_names(tuple(joined), facts.count, numbered=numbered)} if joined else shared


def _opened(record: Record, envelope: dict[str, Any], message: Mapping[str, Any]) -> Record:
    place, found = _place(envelope), message.get(FETCHED)
    if place is None:
        return _with_content(record, envelope)
    if isinstance(found, str) and found not in GONE:
        return replace(record, unread=f"large-part: {found}")
    if not isinstance(found, bytes):
        return _faulty(record, "large-part-gone", "the object of the part does not exist")
    if hashlib.sha256(found).hexdigest() != place.sha256:
        return _faulty(record, "large-part-altered", "the object is not the part that was shared out")
    return _with_content(record, json.loads(found))


def _place(envelope: dict[str, Any]) -> LargeBody | None:
    try:
        place = LargeBody(**envelope[LARGE])
    except (KeyError, TypeError):
        return None
    texts: tuple[object, ...] = (place.key, place.sha256)
    return place if all(isinstance(text, str) for text in texts) else None


def _with_content(record: Record, content: dict[str, Any]) -> Record:
    text, beside = content.get(TEXT), content.get(RECORD)
    if not isinstance(text, str) or not isinstance(beside, dict):
        return _faulty(record, MALFORMED, "the message holds no part of a record")
    body, fault = decode(text)
    fields = {**beside, "body": body, SHARE: record.fields[SHARE]}
    return replace(record, fields=fields, payload=text, payload_hash=wire_hash(text), fault=fault)


def _faulty(record: Record, code: str, detail: str) -> Record:
    beside = {name: value for name, value in record.fields.items() if name == SHARE}
    return replace(record, fields={"body": None, **beside}, fault=ContractBreak(code, "body", detail))
