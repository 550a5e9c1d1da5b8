"""Layout of the Raw Stage: where records land exactly as received, and where refused ones are kept."""

from __future__ import annotations

RAW_PREFIX = "raw"
QUARANTINE_PREFIX = "quarantine"

METADATA_PIPELINE = "pipeline"
METADATA_SCHEMA_HASH = "schema-hash"
METADATA_CONTRACT_VERSION = "contract-version"
METADATA_SOURCE_ID = "source-id"
METADATA_BUILD_ID = "build-id"
METADATA_RECORD_COUNT = "record-count"


def raw_key(pipeline: str, load_date: str, flush_id: str) -> str:
    """Return the key of one landed object; ``load_date`` is ``YYYY-MM-DD`` in UTC."""
    return f"{RAW_PREFIX}/{pipeline}/load_date={load_date}/run_id={flush_id}/records.ndjson"


def quarantine_key(pipeline: str, load_date: str, flush_id: str) -> str:
    """Return the key of one object of quarantined records."""
    return f"{QUARANTINE_PREFIX}/{pipeline}/load_date={load_date}/run_id={flush_id}/records.ndjson"


def own_objects(prefix: str, pipeline: str) -> str:
    """Return the pattern of all objects that a pipeline's functions may write below ``prefix``."""
    return f"{prefix}/{pipeline}/*"
