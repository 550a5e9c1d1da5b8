"""Records of an s3 source: one object of a bucket, told by EventBridge or by a notification of the bucket."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from functions.contract.identity import canonical_json
from functions.runtime.errors import ContractBreak
from functions.runtime.readers.message import read_message
from functions.runtime.wire_text import encodable, wire_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.record import Record

TEST_EVENT = "s3:TestEvent"
"""What S3 sends once, when a notification is set up."""
CREATED, DELETED = "created", "deleted"
DETAIL_TYPES = {"Object Created": CREATED, "Object Deleted": DELETED}
EVENT_NAMES = {"ObjectCreated": CREATED, "ObjectRemoved": DELETED, "LifecycleExpiration": DELETED}
"""First part of a notification's event name, without ``s3:`` (Amazon S3 user guide)."""
UNVERSIONED = "null"
"""Version id of what was written while versioning was off or suspended; the next such object has it, too."""

Told = dict[str, Any]


def read(message: Mapping[str, Any], options: Mapping[str, Any]) -> Record:
    """Return the record of one message: the object as ``body``, and what identifies it as ``object``.

    Equal news of one object have equal hashes, whatever the message says of its own transport.
    """
    record = read_message(message, {})
    if record.fault is not None:
        return record
    if isinstance(record.body, dict) and record.body.get("Event") == TEST_EVENT:
        return replace(record, dropped="test-event", fields={"body": None})
    try:
        told = _told(record.body)
    except ContractBreak as fault:
        return replace(record, fault=fault, fields={"body": None})
    fields = {"body": told, "object": _identity(told)}
    payload = canonical_json(told)
    wanted = replace(record, fields=fields, payload=payload, payload_hash=wire_hash(payload))
    if not _is_wanted(told, options):
        return replace(wanted, dropped="filtered")
    return replace(wanted, fault=_too_large(told, options))


def _told(body: Any) -> Told:
    if isinstance(body, dict) and "detail-type" in body:
        return _of_event(body)
    if isinstance(body, dict) and isinstance(body.get("Records"), list):
        records = body["Records"]
        if len(records) != 1:
            raise _malformed("Records", f"S3 tells of one object in each notification; this one has {len(records)}")
        return _of_notification(records[0])
    raise _malformed("body", "neither an event of EventBridge nor a notification of S3")


def _of_event(event: Told) -> Told:
    detail = _part(event, "detail")
    about = _part(detail, "object", "detail.")
    name = event["detail-type"]
    kind = DETAIL_TYPES.get(name) if isinstance(name, str) else None
    if kind is None:
        raise _malformed("detail-type", "neither Object Created nor Object Deleted")
    key = _text(about, "key", "detail.object.")
    return _object(_part(detail, "bucket", "detail."), key, kind, about, "version-id", "etag")


def _of_notification(notification: Any) -> Told:
    if not isinstance(notification, dict):
        raise _malformed("Records[0]", "no object")
    s3 = _part(notification, "s3", "Records[0].")
    about = _part(s3, "object", "Records[0].s3.")
    name = _text(notification, "eventName", "Records[0].").removeprefix("s3:").partition(":")[0]
    if name not in EVENT_NAMES:
        raise _malformed("Records[0].eventName", "neither created nor removed")
    key = unquote_plus(_text(about, "key", "Records[0].s3.object."))
    return _object(_part(s3, "bucket", "Records[0].s3."), key, EVENT_NAMES[name], about, "versionId", "eTag")


def _object(bucket: Told, key: str, event: str, about: Told, version: str, etag: str) -> Told:
    size = about.get("size")
    return {
        "bucket": _text(bucket, "name", "bucket."),
        "key": key,
        "event": event,
        "version_id": None if about.get(version) == UNVERSIONED else _optional(about, version),
        "size": size if isinstance(size, int) and not isinstance(size, bool) and size >= 0 else None,
        "etag": (_optional(about, etag) or "").strip('"') or None,
        "sequencer": _optional(about, "sequencer"),
    }


def _identity(told: Told) -> dict[str, str | None]:
    """Return what identifies the news; without versions, content and order of the write stand for one.

    Deleting a version is other news than its arrival.
    """
    written = [part for part in (told["etag"], told["sequencer"]) if part]
    version = told["version_id"] or ("-".join(written) if told["sequencer"] else None)
    gone = "deleted:" if told["event"] == DELETED else ""
    return {
        "bucket": told["bucket"],
        "key": told["key"],
        "version": f"{gone}{version}" if version else None,
        "event": told["event"],
    }


def _is_wanted(told: Told, options: Mapping[str, Any]) -> bool:
    key, size = told["key"], told["size"]
    return (
        told["event"] in options.get("events", (CREATED,))
        and key.startswith(options.get("prefix", ""))
        and key.endswith(options.get("suffix", ""))
        and (size is None or size >= options.get("min_size", 0))
    )


def _too_large(told: Told, options: Mapping[str, Any]) -> ContractBreak | None:
    most, size = options.get("max_object_size"), told["size"]
    if most is None or size is None or size <= most:
        return None
    return ContractBreak("object-too-large", "body.size", f"{size:,} bytes are more than the {most:,} allowed")


def _part(value: Told, name: str, before: str = "") -> Told:
    part = value.get(name)
    if not isinstance(part, dict):
        raise _malformed(f"{before}{name}", "no object")
    return part


def _text(value: Told, name: str, before: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text or not encodable(text):
        raise _malformed(f"{before}{name}", "no text")
    return text


def _optional(value: Told, name: str) -> str | None:
    text = value.get(name)
    return text if isinstance(text, str) and text and encodable(text) else None


def _malformed(place: str, why: str) -> ContractBreak:
    return ContractBreak("envelope-malformed", place, why)
