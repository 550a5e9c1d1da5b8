"""Records in quarantine, read back: each at the line that its ledger entry names, whole or not at all."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.contract.message import to_send
from functions.contract.raw import Place, place_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_s3 import S3Client

    from functions.contract.ledger import LedgerEntry

_GONE = frozenset({"NoSuchKey", "404"})


class Unreadable(Exception):  # noqa: N818 - a finding about one record, which the others survive
    """The record of an entry cannot be read back; the text says why."""


@dataclass(frozen=True)
class KeptRecord:
    """A quarantined record as it was received; ``attributes`` in SQS's own form."""

    text: str
    attributes: Mapping[str, Mapping[str, Any]]
    payload: str
    """The text that its contract is about: the whole, or what stood in the envelope of its source."""
    group: str | None = None
    """The group of the queue that it was sent in."""


class Quarantine:
    """The quarantine objects of one pipeline; entries of one object that follow each other cost one call."""

    def __init__(self, s3: S3Client) -> None:
        """Read with a client of the bucket's account and region."""
        self._s3 = s3
        self._read: tuple[tuple[str, str], list[bytes]] | None = None

    def record(self, entry: LedgerEntry) -> KeptRecord:
        """Return the record of a quarantined entry.

        Raises:
            Unreadable: it has no location, its object is gone, or the line is not the record that the entry tells of.
        """
        try:
            place = place_of(entry.location or "")
        except ValueError:
            raise Unreadable("its entry names no place") from None
        lines = self._lines(place)
        if place.last > len(lines):
            raise Unreadable(f"its object has no line {place.first}")
        return _read(lines[place.first - 1], entry)

    def _lines(self, place: Place) -> list[bytes]:
        key = (place.bucket, place.key)
        if self._read is None or self._read[0] != key:
            self._read = (key, self._body(place).split(b"\n")[:-1])
        return self._read[1]

    def _body(self, place: Place) -> bytes:
        try:
            return self._s3.get_object(Bucket=place.bucket, Key=place.key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _GONE:
                raise Unreadable("its object is gone") from None
            raise


def _read(line: bytes, entry: LedgerEntry) -> KeptRecord:
    try:
        kept = json.loads(line)
        text, run_id, attributes = str(kept["record"]), kept["run_id"], dict(kept["attributes"])
        payload, group = str(kept.get("payload", text)), kept.get("group")
        told = {str(name): to_send(value) for name, value in attributes.items()}
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unreadable("its line is no record in quarantine") from None
    digest = hashlib.sha256(payload.encode(errors="backslashreplace")).hexdigest()
    if (run_id, digest) != (entry.run_id, entry.payload_hash):
        raise Unreadable("its line is not what the ledger tells of")
    known = {name: value for name, value in told.items() if value is not None}
    return KeptRecord(text, known, payload, group if isinstance(group, str) and group else None)
