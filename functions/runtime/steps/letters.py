"""The letter of a run: the record as the dead-letter queue gets it when its workflow fails, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.identity import text_hash
from functions.contract.message import LARGE_BODY, NO_GROUP, LargeBody, own, to_send
from functions.contract.workflow import MAX_LETTER_BYTES, VALUES_PREFIX, Letter, value_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.readers.large_body import GONE, place_of
from functions.runtime.record import UNREAD
from functions.runtime.steps.references import ValueObject
from functions.runtime.wire_text import to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

    from functions.runtime.objects import ObjectStore
    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings


def letter_of(record: Record, token: str, settings: RunnerSettings, objects: ObjectStore) -> Letter:
    """Return the letter of a record; a body that is too large for a state becomes an object.

    Attributes of bytes have no place in a state and are left out. Raises what AWS calls raise.
    """
    told = {name: to_send(value) for name, value in record.attributes.items() if not own(name)}
    attributes = {name: value for name, value in told.items() if value is not None and "BinaryValue" not in value}
    group = record.group or NO_GROUP
    body = to_wire(record.text)
    if len(body) <= MAX_LETTER_BYTES:
        return Letter(body.decode(), attributes, group)
    text = body.decode()
    key = value_key(settings.pipeline, token, text_hash(text))
    objects.put(ValueObject(settings.raw_bucket, key, body, content_type="text/plain"))
    place = LargeBody(key, text_hash(text), len(body))
    return Letter("{}", {**attributes, LARGE_BODY: {"DataType": "String", "StringValue": place.to_json()}}, group)


def restored(message: Mapping[str, Any], settings: RunnerSettings, objects: ObjectStore) -> Mapping[str, Any]:
    """Return a message as it was before its body became an object; one whose object is gone has no body any more."""
    place = place_of(message)
    if place is None or not place.key.startswith(f"{VALUES_PREFIX}/{settings.pipeline}/"):
        return message
    beside = {name: value for name, value in message["messageAttributes"].items() if name != LARGE_BODY}
    try:
        text = objects.get(settings.raw_bucket, place.key).decode(errors="backslashreplace")
    except AWS_FAILURES as error:
        code = error_code(error)
        return {**message, "body": "", **({} if code in GONE else {UNREAD: f"letter: {code}"})}
    return {**message, "messageAttributes": beside, "body": text if text_hash(text) == place.sha256 else ""}
