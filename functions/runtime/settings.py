"""What a runner function knows from its environment, read and checked once at cold start."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Self

from functions.contract.environment import (
    BackPressureSettings,
    CheckpointSettings,
    ContractSettings,
    FanInSettings,
    IdempotencySettings,
    OutputSettings,
    RequestSettings,
    RetrySettings,
    StoreSettings,
    TenantSettings,
    Variable,
    load_outputs,
    load_stores,
)
from functions.contract.ledger import ONCE_PER_RUN_TOKEN, Status
from functions.contract.share import PART_SOURCE
from functions.runtime.environment import EnvironmentReader, compiles, one_of, shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.contract.workflow import StepSettings, WorkflowSettings

GROUP_SOURCE = "group"
"""The source of the function that consolidates: the queue of groups."""
SCHEDULE_SOURCE = "schedule"
"""The source whose records are ticks; what its handler is given is made of what is known of the ticks before."""
STEP_MODE = "step"
MODES = ("async", "sync", "read", "stream", STEP_MODE)
ANSWERING = frozenset({"sync", "read"})
STORES = ("partiql", "portable")
STORE_TYPES = ("table", "bucket")
ACCESSES = ("read", "write", "delete", "read_write", "read_delete", "write_delete", "read_write_delete")
DATA_CLASSES = ("public", "internal", "confidential", "restricted")
MASKED_CLASSES = frozenset({"confidential", "restricted"})
"""Classes of which no value may be seen outside the record's own objects."""


@dataclass(frozen=True, kw_only=True)
class RunnerSettings:
    """The settings of one runner function; times in seconds."""

    pipeline: str
    stage: str
    data_class: str
    manifest_hash: str
    source: str
    tenant: TenantSettings
    contract: ContractSettings | None
    idempotency: IdempotencySettings
    retry: RetrySettings
    outputs: tuple[OutputSettings, ...]
    secrets: tuple[str, ...]
    queue_url: str
    dlq_url: str
    state_table: str
    ledger_table: str
    ledger_retention: int
    raw_bucket: str
    event_bus: str
    store: str = STORES[0]
    mode: str = MODES[0]
    ordered: bool = False
    """Whether a record that stays behind holds up the later ones of its lane."""
    request: RequestSettings = field(default_factory=RequestSettings)
    """Schemas of what stands beside the body of a request, and of its response."""
    source_options: dict[str, Any] = field(default_factory=dict)
    fan_in: FanInSettings | None = None
    back_pressure: BackPressureSettings | None = None
    checkpoint: CheckpointSettings | None = None
    stores: tuple[StoreSettings, ...] = ()
    completion: Status = Status.SUCCEEDED
    """What the ledger says of a record that is done here."""
    step: StepSettings | None = None
    """Which step of a workflow the function is."""
    workflow: WorkflowSettings | None = None
    """What the function starts for each record."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every variable of ``environment``.

        Raises:
            SettingsError: variables are missing or malformed; all of them are named.
        """
        read = EnvironmentReader(environment)
        mode = read.optional(Variable.MODE, _mode, MODES[0])
        queue = read.required if mode == "async" else partial(read.optional, default="")
        dlq = partial(read.optional, default="") if mode in (*ANSWERING, STEP_MODE) else read.required
        settings = cls(
            pipeline=read.required(Variable.PIPELINE, str),
            stage=read.required(Variable.STAGE, str),
            data_class=read.required(Variable.DATA_CLASS, _data_class),
            manifest_hash=read.required(Variable.MANIFEST_HASH, str),
            source=read.required(Variable.SOURCE, _source),
            tenant=read.required(Variable.TENANT, _tenant),
            contract=read.optional(Variable.CONTRACT, _contract, None),
            idempotency=read.required(Variable.IDEMPOTENCY, _idempotency),
            retry=read.required(Variable.RETRY, _retry),
            outputs=read.required(Variable.OUTPUTS, _outputs),
            secrets=read.optional(Variable.SECRETS, _names, ()),
            queue_url=queue(Variable.QUEUE_URL, str),
            dlq_url=dlq(Variable.DLQ_URL, str),
            state_table=read.required(Variable.STATE_TABLE, str),
            ledger_table=read.required(Variable.LEDGER_TABLE, str),
            ledger_retention=read.required(Variable.LEDGER_RETENTION, int),
            raw_bucket=read.required(Variable.RAW_BUCKET, str),
            event_bus=read.required(Variable.EVENT_BUS, str),
            store=read.optional(Variable.STORE, _store, STORES[0]),
            mode=mode,
            ordered=read.optional(Variable.ORDERED, _flag, False),
            request=read.optional(Variable.REQUEST, shape(RequestSettings), RequestSettings()),
            source_options=read.optional(Variable.SOURCE_OPTIONS, _object, {}),
            fan_in=read.optional(Variable.FAN_IN, _seldom("fan_in"), None),
            back_pressure=read.optional(Variable.BACK_PRESSURE, _seldom("back_pressure"), None),
            checkpoint=read.optional(Variable.CHECKPOINT, shape(CheckpointSettings), None),
            stores=read.optional(Variable.STORES, _stores, ()),
            completion=read.optional(Variable.COMPLETION, _completion, Status.SUCCEEDED),
            step=read.optional(Variable.STEP, _seldom("step"), None),
            workflow=read.optional(Variable.WORKFLOW, _seldom("workflow"), None),
        )
        read.refuse(
            f"{Variable.STORE} is portable: fan-in needs PartiQL", settings.store == "portable", settings.fan_in
        )
        if settings.step is not None and settings.step.undoes:
            settings = replace(settings, completion=Status.UNDONE)
        read.refuse(f"{Variable.STEP} goes with mode step", (mode == STEP_MODE) != (settings.step is not None))
        read.check()
        return settings

    @property
    def synchronous(self) -> bool:
        """Whether the handler answers requests, instead of working off a queue."""
        return self.mode in ANSWERING

    @property
    def reading(self) -> bool:
        """Whether requests change nothing: each is answered anew, without a claim."""
        return self.mode == "read"

    @property
    def unclaimed(self) -> bool:
        """Whether nothing that was done before is given again: each request or try is handled, without a claim."""
        return self.reading or (self.step is not None and not self.step.checkpoint)

    @property
    def streaming(self) -> bool:
        """Whether Lambda hands over the records of a stream, which no message of a queue stands for."""
        return self.mode == "stream"

    @property
    def joined(self) -> bool:
        """Whether what the handler returns is its part's result in a group."""
        return self.fan_in is not None and self.source == PART_SOURCE

    @property
    def arrivals(self) -> Mapping[str, Any] | None:
        """How objects of an s3 source are read; None of a function that is not to read any."""
        options: Mapping[str, Any] | None = self.source_options
        return options if self.source == "s3" else self.source_options.get("arrivals")

    @property
    def masked(self) -> bool:
        """Whether values of records must not be seen outside the records' own objects."""
        return self.data_class in MASKED_CLASSES

    @property
    def isolated(self) -> bool:
        """Whether every tenant has objects of its own."""
        return self.tenant.isolation == "per_tenant"


def _data_class(text: str) -> str:
    one_of("data class", text, DATA_CLASSES)
    return text


def _source(text: str) -> str:
    _has_module("source", text, "functions.runtime.readers")
    return text


def _has_module(what: str, kind: str, package: str) -> None:
    """Raise ``ValueError`` unless ``package`` has a module of the kind's name; none of them is imported."""
    if kind.isidentifier() and find_spec(f"{package}.{kind}"):
        return
    from importlib import import_module
    from pkgutil import iter_modules

    one_of(what, kind, tuple(module.name for module in iter_modules(import_module(package).__path__)))


def _mode(text: str) -> str:
    one_of("mode", text, MODES)
    return text


def _completion(text: str) -> Status:
    one_of("completion", text, tuple(sorted(status.value for status in ONCE_PER_RUN_TOKEN)))
    return Status(text)


def _seldom(name: str) -> Callable[[str], Any]:
    """Return what reads a setting that few functions have, and imports it with the first of them."""

    def read(text: str) -> Any:
        from functions.runtime import seldom_settings

        return getattr(seldom_settings, name)(text)

    return read


def _flag(text: str) -> bool:
    one_of("flag", text, ("true", "false"))
    return text == "true"


def _object(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise TypeError("expected a JSON object")
    return value


def _store(text: str) -> str:
    one_of("store", text, STORES)
    return text


def _tenant(text: str) -> TenantSettings:
    tenant = shape(TenantSettings)(text)
    one_of("isolation", tenant.isolation, ("pooled", "per_tenant"))
    if not 1 <= tenant.max_share <= 100 or tenant.patience_seconds < 0:
        raise ValueError("max_share is a percentage from 1 and patience_seconds starts at 0")
    if tenant.key is not None:
        compiles(tenant.key)
    return tenant


def _contract(text: str) -> ContractSettings:
    contract = shape(ContractSettings)(text)
    one_of("on_invalid", contract.on_invalid, ("quarantine", "dlq"))
    one_of("on_drift", contract.on_drift, ("land_and_flag", "block"))
    return contract


def _idempotency(text: str) -> IdempotencySettings:
    idempotency = shape(IdempotencySettings)(text)
    if not idempotency.key or idempotency.ttl_seconds <= 0:
        raise ValueError("key needs an expression and ttl_seconds must be positive")
    for expression in idempotency.key:
        compiles(expression)
    return idempotency


def _retry(text: str) -> RetrySettings:
    retry = shape(RetrySettings)(text)
    one_of("jitter", retry.jitter, ("full", "none"))
    if min(retry.max_attempts, retry.backoff_rate) < 1:
        raise ValueError("max_attempts and backoff_rate start at 1")
    if min(retry.interval_seconds, retry.max_delay_seconds, retry.max_receive_count, retry.keep_seconds) < 0:
        raise ValueError("delays, max_receive_count and keep_seconds start at 0")
    return retry


def _outputs(text: str) -> tuple[OutputSettings, ...]:
    outputs = load_outputs(text)
    for output in outputs:
        _has_module("output type", output.type, "functions.runtime.outputs")
    return outputs


def _stores(text: str) -> tuple[StoreSettings, ...]:
    stores = load_stores(text)
    for store in stores:
        one_of("store type", store.type, STORE_TYPES)
        one_of("access", store.access, ACCESSES)
    return stores


def _names(text: str) -> tuple[str, ...]:
    names = json.loads(text)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TypeError("expected a JSON list of names")
    return tuple(names)
