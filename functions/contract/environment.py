"""The environment of a deployed function: one name per variable, one shape per JSON value."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self


class Variable(StrEnum):
    """Environment variables that the constructs set and the runtime reads at cold start."""

    PIPELINE = "PIPELINE_NAME"
    """Name of the pipeline."""
    STAGE = "PIPELINE_STAGE"
    """The environment that the pipeline is deployed to."""
    DATA_CLASS = "PIPELINE_DATA_CLASS"
    """How sensitive the data is."""
    MANIFEST_HASH = "PIPELINE_MANIFEST_HASH"
    """SHA-256 of the declaration; every ledger entry names it."""
    SOURCE = "PIPELINE_SOURCE"
    """Type of the event source."""
    SOURCE_OPTIONS = "PIPELINE_SOURCE_OPTIONS"
    """What the reader of the source's envelopes must know: a JSON object of its own; absent where that is nothing."""
    MODE = "PIPELINE_MODE"
    """``async``, the default, where records come from a queue; ``sync`` where the handler answers a request.

    ``read`` where it answers one that changes nothing; ``stream`` where Lambda hands over the records of a stream.
    """
    ORDERED = "PIPELINE_ORDERED"
    """``true`` where records of one lane are handled one after the other; absent elsewhere."""
    TENANT = "PIPELINE_TENANT"
    """Whose data a record is: ``TenantSettings``."""
    CONTRACT = "PIPELINE_CONTRACT"
    """What a record must look like: ``ContractSettings``; absent without a contract."""
    REQUEST = "PIPELINE_REQUEST"
    """What parameters and response must look like: ``RequestSettings``; absent where both are free."""
    IDEMPOTENCY = "PIPELINE_IDEMPOTENCY"
    """What makes two records the same: ``IdempotencySettings``."""
    RETRY = "PIPELINE_RETRY"
    """The retry budget of a record: ``RetrySettings``."""
    OUTPUTS = "PIPELINE_OUTPUTS"
    """Where a run may write: a list of ``OutputSettings``."""
    STORES = "PIPELINE_STORES"
    """What a handler reads and writes at once: a list of ``StoreSettings``; absent without stores."""
    SECRETS = "PIPELINE_SECRETS"
    """Names of the secrets that the handler may read: a list of texts."""
    QUEUE_URL = "PIPELINE_QUEUE_URL"
    """The buffer queue; absent in ``sync``, ``read`` and ``stream`` mode."""
    DLQ_URL = "PIPELINE_DLQ_URL"
    """The dead-letter queue; absent in ``sync`` and ``read`` mode."""
    STATE_TABLE = "PIPELINE_STATE_TABLE"
    """The table of claims and of accepted webhook signatures."""
    LEDGER_TABLE = "PIPELINE_LEDGER_TABLE"
    """The table of ledger entries."""
    STORE = "PIPELINE_STORE"
    """How the tables are written: ``partiql``, the default, or ``portable`` where the store has no PartiQL.

    No construct sets it: it is for functions that are deployed by other means; fan-in needs PartiQL.
    """
    LEDGER_RETENTION = "PIPELINE_LEDGER_RETENTION_SECONDS"
    """How long a ledger entry is kept, in seconds."""
    PLATFORM = "PIPELINE_PLATFORM"
    """Name of the platform; read by the platform's own functions alone."""
    EVIDENCE_BUCKET = "PIPELINE_EVIDENCE_BUCKET"
    """The bucket of the ledger's archive and seals; read by the platform's own functions alone."""
    RAW_BUCKET = "PIPELINE_RAW_BUCKET"
    """The bucket of the Raw Stage, which holds the quarantine, too."""
    FAN_IN = "PIPELINE_FAN_IN"
    """How records are collected into groups: ``FanInSettings``; absent where every record stands for itself."""
    EVENT_BUS = "PIPELINE_EVENT_BUS"
    """Name of the platform's event bus."""
    CHECKPOINT = "PIPELINE_CHECKPOINT"
    """How far a pull has come and begins again: ``CheckpointSettings``; absent where nothing is pulled."""
    BACK_PRESSURE = "PIPELINE_BACK_PRESSURE"
    """Which dependency is left alone when it fails: ``BackPressureSettings``; absent without back pressure."""
    MAPPING = "PIPELINE_MAPPING"
    """Id of the event source mapping of the buffer; read by the function that controls intake alone."""
    MAX_CONCURRENCY = "PIPELINE_MAX_CONCURRENCY"
    """The mapping's declared maximum concurrency; read by the function that controls intake alone."""
    STAND_INS = "PIPELINE_STAND_INS"
    """A file of what stands in for hosts that an output of type http names: by host, a port of this machine and the
    file of the authority that certifies it. No construct sets it: it is for runs on one machine.
    """
    STEP = "PIPELINE_STEP"
    """Which step of a workflow the function is: ``StepSettings``; absent elsewhere."""
    WORKFLOW = "PIPELINE_WORKFLOW"
    """What the function starts for each record: ``WorkflowSettings``; absent elsewhere."""
    COMPLETION = "PIPELINE_COMPLETION"
    """``started`` where a record is done once it is handed over to others: to a workflow, or to workers.

    ``succeeded``, the default, elsewhere.
    """
    INTAKE = "PIPELINE_INTAKE"
    """How requests are taken that the gateway has checked: ``IntakeSettings``; read by the function in front alone."""
    WEBHOOK = "PIPELINE_WEBHOOK"
    """How a webhook is signed: ``WebhookSettings``; read by the verifying function alone."""


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
    """Where the tenant of a record is found: a JMESPath ``key`` over the record, else the fixed ``id``.

    While others wait longer than ``patience_seconds``, one tenant has at most ``max_share`` percent of a batch.
    """

    key: str | None = None
    id: str = "default"
    isolation: str = "pooled"
    max_share: int = 100
    patience_seconds: int = 5


@dataclass(frozen=True)
class ContractSettings(JsonShape):
    """The contract a record is checked against; ``file`` is the schema's path inside the bundle.

    It is empty where the body is free, and the contract speaks of the request's parameters alone.
    """

    id: str
    version: str
    schema_hash: str
    file: str
    on_invalid: str = "quarantine"
    on_drift: str = "land_and_flag"


@dataclass(frozen=True)
class RequestSettings(JsonShape):
    """Schemas inside the bundle, of path, query and headers of a request and of its response; empty where none is."""

    parameters: str = ""
    response: str = ""


@dataclass(frozen=True)
class IdempotencySettings(JsonShape):
    """JMESPath expressions that identify a record's effect, and how long in seconds a claim is kept."""

    key: tuple[str, ...]
    ttl_seconds: int


@dataclass(frozen=True)
class RetrySettings(JsonShape):
    """The retry budget: attempts that the runtime counts, delays in seconds.

    ``max_receive_count`` is when the queue itself gives a message up, the net under a runtime that cannot count any
    more; ``keep_seconds`` is how long the queue keeps a message, after which it forgets it without a word. Both are 0
    when they are not known.
    """

    max_attempts: int
    interval_seconds: float
    backoff_rate: float
    max_delay_seconds: float
    jitter: str = "full"
    errors: tuple[str, ...] = ("Recoverable",)
    max_receive_count: int = 0
    keep_seconds: int = 0


@dataclass(frozen=True)
class OutputSettings(JsonShape):
    """One declared output: its name on ``run.outputs``, its kind, where it goes, and what else its kind must know."""

    name: str
    type: str
    target: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class StoreSettings(JsonShape):
    """One declared store: its name on ``run.stores``, its kind, where it is, and what of it may be used.

    Options of a table are ``key``, a list of pairs of name and type, and ``indexes``, the same by name; those of a
    bucket are ``prefix`` and ``lists``.
    """

    name: str
    type: str
    target: str
    access: str
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class FanInSettings(JsonShape):
    """How records become parts of groups: JMESPath over the record, times in seconds.

    ``expected`` leads to a count or to the list of the parts' names; a fixed count is a JMESPath literal.
    """

    group: tuple[str, ...]
    part: str
    expected: str
    timeout_seconds: int
    max_items: int
    on_timeout: str
    queue_url: str
    """The queue of the groups' signals."""
    ttl_seconds: int
    """How long a group's parts are kept after its timeout."""


@dataclass(frozen=True)
class CheckpointSettings(JsonShape):
    """The cursor of a pull: its name, where it begins, and by how many seconds a window reaches back behind it."""

    cursor: str
    initial: str
    overlap_seconds: int = 0


@dataclass(frozen=True)
class BackPressureSettings(JsonShape):
    """When the breaker of a dependency opens, and how intake slows; times in seconds."""

    dependency: str
    failure_threshold: int
    """Failures in a row that open the breaker."""
    recovery_timeout_seconds: int
    """How long the dependency is left alone before the first probe."""
    action: str
    """``slow`` or ``pause``."""
    counts: str
    """What tells of the dependency: ``handler``, or ``landing`` where it stands behind an output of the pipeline."""
    control_url: str
    """The queue of the function that controls intake."""


@dataclass(frozen=True)
class IntakeSettings(JsonShape):
    """What a request may be and what goes along with it, where the gateway has checked who asks."""

    max_body: int = 0
    """Bytes of the largest body that is queued; 0 for as much as the function takes."""
    group_key: str | None = None
    """Field of a request that gives its group where the queue is FIFO; None elsewhere."""
    claims: tuple[str, ...] = ()
    """Claims of the token that become attributes of the message."""


@dataclass(frozen=True)
class WebhookSettings(JsonShape):
    """How a webhook is signed: HMAC-SHA256 over ``timestamp + '.' + body``, or over the body without a timestamp."""

    secret: str
    header: str
    timestamp_header: str | None
    encoding: str
    prefix: str
    tolerance_seconds: int
    remember_seconds: int = 0
    """How long a signature without a timestamp is remembered; its age says nothing."""
    max_body: int = 0
    """Bytes of the largest body that is queued; 0 for as much as a message holds."""
    large_bodies: bool = False
    """Whether a body that no message holds is kept as an object of its own."""
    group_key: str | None = None
    """Field of a request that gives its group where the queue is FIFO; None elsewhere."""


def dump_outputs(outputs: tuple[OutputSettings, ...]) -> str:
    """Return the text of all declared outputs."""
    return json.dumps([asdict(output) for output in outputs], sort_keys=True, separators=(",", ":"))


def load_outputs(text: str) -> tuple[OutputSettings, ...]:
    """Read back what ``dump_outputs`` wrote."""
    return tuple(OutputSettings(**item) for item in json.loads(text))


def dump_stores(stores: tuple[StoreSettings, ...]) -> str:
    """Return the text of all declared stores."""
    return json.dumps([asdict(store) for store in stores], sort_keys=True, separators=(",", ":"))


def load_stores(text: str) -> tuple[StoreSettings, ...]:
    """Read back what ``dump_stores`` wrote."""
    return tuple(StoreSettings(**item) for item in json.loads(text))
