"""Everything outside the process that a runner uses, joined in one place; each part can be replaced in a test."""

from __future__ import annotations

import random
import time
import uuid
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.runtime.aws_clients import COURTESY_EVENTS, client
from functions.runtime.claims import PartiqlClaimStore
from functions.runtime.ledger import PartiqlLedgerStore
from functions.runtime.objects import S3ObjectStore
from functions.runtime.redactor import Redactor
from functions.runtime.run import NO_STORES, Stores
from functions.runtime.telemetry import Tracing, make_logger, make_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools import Logger
    from aws_lambda_powertools.metrics import EphemeralMetrics

    from functions.runtime.back_pressure.gate import Gate
    from functions.runtime.back_pressure.pressure import Pressure
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.claims import ClaimStore
    from functions.runtime.events import EventSink
    from functions.runtime.groups.collaborators import Groups
    from functions.runtime.http_client import HttpClient
    from functions.runtime.ledger import LedgerStore
    from functions.runtime.objects import ObjectStore
    from functions.runtime.queues import Queues
    from functions.runtime.secrets import SecretCache
    from functions.runtime.settings import RunnerSettings


SOURCE = "source"
"""Name on ``run.stores`` of the bucket that an s3 source reads from."""


def _connect(host: str, port: int) -> HttpClient:
    from functions.runtime.http_client import connect

    return connect(host, port)


@dataclass(frozen=True, kw_only=True)
class Services:
    """The collaborators of one runner function."""

    claims: ClaimStore
    ledger: LedgerStore
    objects: ObjectStore
    make_groups: Callable[[], Groups] | None = None
    """Called where records are parts of groups."""
    make_queues: Callable[[], Queues]
    """Called for the first record in trouble; all others need no queue."""
    make_events: Callable[[], EventSink]
    """Called for the first event; most batches have none."""
    fetch_secret: Callable[[str], str]
    """Asks the store for a secret, every time."""
    redactor: Redactor
    """Passed by every text that leaves: the logger, metrics and tracing below hold the same one."""
    now: Callable[[], float]
    """Seconds since 1970."""
    uniform: Callable[[float, float], float]
    new_id: Callable[[], str]
    """An id that was never used before."""
    logger: Logger
    metrics: EphemeralMetrics
    """Those of the handler; the platform's own counts never share its dimensions."""
    counts: EphemeralMetrics
    tracing: Tracing
    client: Callable[[str], Any] = client
    """Makes or returns the client of one of the ``SERVICES``; most outputs and stores have no other collaborator."""
    sleep: Callable[[float], None] = time.sleep
    connect: Callable[[str, int], HttpClient] = _connect
    """Makes the client of one host, by its name and port."""
    folder: Path = Path()
    """The root of the bundle: where files of the declaration are found."""
    make_state: Callable[[], StateItems] | None = None
    """Called where records are ticks of a schedule."""
    make_stores: Callable[[], Mapping[str, Any]] | None = None
    """Called by the first run of a pipeline that declares stores; returns them by name."""
    make_pressure: Callable[[], Pressure] | None = None
    """What is known of the dependency; None in a pipeline that declares no back pressure."""

    @cached_property
    def pressure(self) -> Pressure | None:
        """What this environment knows of the dependency."""
        return self.make_pressure() if self.make_pressure else None

    def gate(self, worker: str, lease_until: float) -> Gate | None:
        """Return the gate of one invocation, by its lease and when that ends; None without back pressure."""
        if self.pressure is None:
            return None
        from functions.runtime.back_pressure.gate import Gate

        return Gate(self.pressure, worker, lease_until)

    @cached_property
    def groups(self) -> Groups:
        """The groups of a pipeline whose records are parts; ``ValueError`` where they are not."""
        if self.make_groups is None:
            raise ValueError("this function knows no groups")
        return self.make_groups()

    @cached_property
    def state(self) -> StateItems:
        """Single items of the state table; ``ValueError`` where nothing keeps any."""
        if self.make_state is None:
            raise ValueError("this function keeps no state of its own")
        return self.make_state()

    @cached_property
    def stores(self) -> Stores:
        """The declared stores, which all runs of this environment share."""
        return Stores(self.make_stores()) if self.make_stores else NO_STORES

    @cached_property
    def queues(self) -> Queues:
        """The buffer and its dead-letter queue."""
        return self.make_queues()

    @cached_property
    def events(self) -> EventSink:
        """The platform's bus."""
        return self.make_events()

    @cached_property
    def secrets(self) -> SecretCache:
        """The secrets that were fetched; imported with the first run."""
        from functions.runtime.secrets import SecretCache

        return SecretCache(self.fetch_secret, self.redactor.learn, self.now)


def aws_services(settings: RunnerSettings, function_name: str, folder: Path) -> Services:
    """Return the services of a function whose bundle is in ``folder``; no client is made before its first call."""
    dynamodb = partial(client, "dynamodb")

    def queues() -> Queues:
        from functions.runtime.queues import SqsQueues

        return SqsQueues(lambda: client("sqs"), settings.queue_url, settings.dlq_url)

    def events() -> EventSink:
        from functions.runtime.events import EventBridgeSink

        return EventBridgeSink(lambda: client(COURTESY_EVENTS), settings.event_bus)

    def fetch_secret(name: str) -> str:
        from functions.runtime.secrets import fetch_secret as fetch

        return fetch(name)

    redactor = Redactor()
    claims, ledger = _stores(settings, dynamodb)
    logger = make_logger(settings.pipeline, settings.stage, function_name, redactor)
    return Services(
        claims=claims,
        ledger=ledger,
        objects=S3ObjectStore(lambda: client("s3")),
        make_groups=lambda: _groups(settings, dynamodb),
        make_queues=queues,
        make_events=events,
        fetch_secret=fetch_secret,
        redactor=redactor,
        now=time.time,
        uniform=random.uniform,
        new_id=lambda: uuid.uuid4().hex,
        logger=logger,
        metrics=make_metrics(settings.pipeline, function_name, redactor),
        counts=make_metrics(settings.pipeline, function_name, redactor),
        tracing=Tracing(function_name, redactor),
        make_state=lambda: _state(settings, dynamodb),
        make_stores=(lambda: _declared(settings)) if settings.stores or settings.arrivals is not None else None,
        folder=folder,
        make_pressure=(lambda: _pressure(settings, logger)) if settings.back_pressure else None,
    )


def _stores(settings: RunnerSettings, dynamodb: Callable[[], Any]) -> tuple[ClaimStore, LedgerStore]:
    if settings.store == "portable":
        from functions.runtime.portable import PortableClaimStore, PortableLedgerStore

        return PortableClaimStore(dynamodb, settings.state_table), PortableLedgerStore(dynamodb, settings.ledger_table)
    return PartiqlClaimStore(dynamodb, settings.state_table), PartiqlLedgerStore(
        dynamodb, settings.ledger_table, settings.completion
    )


def _state(settings: RunnerSettings, dynamodb: Callable[[], Any]) -> StateItems:
    if settings.store == "portable":
        from functions.runtime.portable import PortableStateItems

        return PortableStateItems(dynamodb, settings.state_table)
    from functions.runtime.back_pressure.state_items import PartiqlStateItems

    return PartiqlStateItems(dynamodb, settings.state_table)


def _groups(settings: RunnerSettings, dynamodb: Callable[[], Any]) -> Groups:
    from functions.runtime.groups.collaborators import Groups
    from functions.runtime.groups.signals import SqsSignals
    from functions.runtime.groups.store import PartiqlGroupStore

    url = settings.fan_in.queue_url if settings.fan_in else ""
    return Groups(PartiqlGroupStore(dynamodb, settings.state_table), SqsSignals(lambda: client("sqs"), url))


def _declared(settings: RunnerSettings) -> Mapping[str, Any]:
    from functions.runtime.stores.wiring import aws_stores

    stores = aws_stores(settings.stores, client)
    if settings.arrivals is not None:
        from functions.runtime.arrivals import source_bucket

        stores[SOURCE] = source_bucket(settings.arrivals, client)
    return stores


def _pressure(settings: RunnerSettings, logger: Logger) -> Pressure:
    from functions.runtime.back_pressure.wiring import aws_pressure

    return aws_pressure(settings, logger)
