"""The environment of a deployed function: one name per variable, one shape per JSON value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Variable(StrEnum):
    """Environment variables that the constructs set and the runtime reads at cold start."""

    PIPELINE = "PIPELINE_NAME"
    STAGE = "PIPELINE_STAGE"
    DATA_CLASS = "PIPELINE_DATA_CLASS"
    MANIFEST_HASH = "PIPELINE_MANIFEST_HASH"
    SOURCE = "PIPELINE_SOURCE"
    TENANT = "PIPELINE_TENANT"
    CONTRACT = "PIPELINE_CONTRACT"
    IDEMPOTENCY = "PIPELINE_IDEMPOTENCY"
    RETRY = "PIPELINE_RETRY"
    OUTPUTS = "PIPELINE_OUTPUTS"
    SECRETS = "PIPELINE_SECRETS"
    QUEUE_URL = "PIPELINE_QUEUE_URL"
    DLQ_URL = "PIPELINE_DLQ_URL"
    STATE_TABLE = "PIPELINE_STATE_TABLE"
    LEDGER_TABLE = "PIPELINE_LEDGER_TABLE"
    LEDGER_RETENTION = "PIPELINE_LEDGER_RETENTION_SECONDS"
    RAW_BUCKET = "PIPELINE_RAW_BUCKET"
    WEBHOOK = "PIPELINE_WEBHOOK"


@dataclass(frozen=True)
class JsonShape:
    """A value that travels as one JSON object; unknown or missing fields raise ``TypeError``."""

    def to_json(self) -> str:
        """Return the canonical text, stable for equal values."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Build the shape from its text; raises ``ValueError`` or ``TypeError`` when the text does not fit."""
        values: dict[str, Any] = json.loads(text)
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})


@dataclass(frozen=True)
class TenantSettings(JsonShape):
    """Where the tenant of a record is found: a JMESPath ``key`` over the record, else the fixed ``id``."""

    key: str | None = None
    id: str = "default"
    isolation: str = "pooled"


@dataclass(frozen=True)
class ContractSettings(JsonShape):
    """The contract a record is checked against; ``file`` is the schema's path inside the bundle."""

    id: str
    version: str
    schema_hash: str
    file: str
    on_invalid: str = "quarantine"
    on_drift: str = "land_and_flag"


@dataclass(frozen=True)
class IdempotencySettings(JsonShape):
    """JMESPath expressions that identify a record's effect, and how long in seconds a claim is kept."""

    key: tuple[str, ...]
    ttl_seconds: int


@dataclass(frozen=True)
class RetrySettings(JsonShape):
    """The retry budget: attempts counted by the queue, delays in seconds."""

    max_attempts: int
    interval_seconds: float
    backoff_rate: float
    max_delay_seconds: float
    jitter: str = "full"
    errors: tuple[str, ...] = ("Recoverable",)


@dataclass(frozen=True)
class OutputSettings(JsonShape):
    """One declared output: its name on ``run.outputs``, its kind, and where it goes."""

    name: str
    type: str
    target: str


@dataclass(frozen=True)
class WebhookSettings(JsonShape):
    """How a webhook is signed: HMAC-SHA256 over ``timestamp + '.' + body``, or over the body without a timestamp."""

    secret: str
    header: str
    timestamp_header: str | None
    encoding: str
    prefix: str
    tolerance_seconds: int


def dump_outputs(outputs: tuple[OutputSettings, ...]) -> str:
    """Return the text of all declared outputs."""
    return json.dumps([asdict(output) for output in outputs], sort_keys=True, separators=(",", ":"))


def load_outputs(text: str) -> tuple[OutputSettings, ...]:
    """Read back what ``dump_outputs`` wrote."""
    return tuple(OutputSettings(**item) for item in json.loads(text))
