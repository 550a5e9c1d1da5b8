"""Layout of the Raw Stage: where records land exactly as received, and where refused ones are kept."""

from __future__ import annotations

import re
from dataclasses import dataclass

RAW_PREFIX = "raw"
QUARANTINE_PREFIX = "quarantine"
LARGE_PREFIX = "large"
"""Bodies that no message can hold, until they have landed or are given up."""
LARGE_DAYS = 60
"""Days for which such a body is kept: 14 in the queue and 14 in the dead-letter queue, and both again for a replay."""

NDJSON, GZIP_FORM, PARQUET_FORM = "ndjson", "ndjson.gz", "parquet"
"""Forms of an object of records, by which its key ends."""

METADATA_PIPELINE = "pipeline"
METADATA_SCHEMA_HASH = "schema-hash"
METADATA_CONTRACT_VERSION = "contract-version"
METADATA_SOURCE_ID = "source-id"
METADATA_BUILD_ID = "build-id"
METADATA_RECORD_COUNT = "record-count"
_LOCATION = re.compile(r"s3://(?P<bucket>[^/#]+)/(?P<key>[^#]+)#(?P<first>[1-9][0-9]*)(?:-(?P<last>[1-9][0-9]*))?")


def raw_key(pipeline: str, load_date: str, flush_id: str, tenant: str | None = None, form: str = NDJSON) -> str:
    """Return the key of one landed object; ``load_date`` is ``YYYY-MM-DD`` in UTC, ``tenant`` for isolated ones."""
    return f"{RAW_PREFIX}/{_partition(pipeline, load_date, flush_id, tenant)}.{form}"


def quarantine_key(pipeline: str, load_date: str, flush_id: str, tenant: str | None = None) -> str:
    """Return the key of one object of quarantined records."""
    return f"{QUARANTINE_PREFIX}/{_partition(pipeline, load_date, flush_id, tenant)}.{NDJSON}"


def large_key(pipeline: str, load_date: str, request_id: str, sha256: str) -> str:
    """Return the key of one body; no two requests share one, so that none expires with another."""
    return f"{LARGE_PREFIX}/{pipeline}/{load_date}/{request_id}-{sha256}"


def own_objects(prefix: str, pipeline: str) -> str:
    """Return the pattern of all objects that a pipeline's functions may write below ``prefix``."""
    return f"{prefix}/{pipeline}/*"


def location(bucket: str, key: str, first: int, lines: int = 1) -> str:
    """Return where records stand: ``s3://bucket/key#line``, or ``#first-last``; lines count from 1."""
    place = str(first) if lines == 1 else f"{first}-{first + lines - 1}"
    return f"s3://{bucket}/{key}#{place}"


@dataclass(frozen=True)
class Place:
    """Lines of one object; lines count from 1, and both are included."""

    bucket: str
    key: str
    first: int
    last: int


def place_of(text: str) -> Place:
    """Read a location back; raises ``ValueError`` when the text is none."""
    found = _LOCATION.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not s3://bucket/key#line")
    first = int(found["first"])
    return Place(found["bucket"], found["key"], first, int(found["last"] or first))


def _partition(pipeline: str, load_date: str, flush_id: str, tenant: str | None) -> str:
    owner = "" if tenant is None else f"tenant={tenant}/"
    return f"{pipeline}/{owner}load_date={load_date}/run_id={flush_id}/records"
