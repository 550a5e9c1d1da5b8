"""A pipeline in memory: its tables, its bucket, its queues, a clock, and the poller that calls the function."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.contract.environment import (
    ContractSettings,
    IdempotencySettings,
    OutputSettings,
    RetrySettings,
    TenantSettings,
)
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import PATH_PREFIX
from functions.runtime import Run, runner
from functions.runtime.claims import PartiqlClaimStore
from functions.runtime.ledger import PartiqlLedgerStore
from functions.runtime.objects import S3ObjectStore
from functions.runtime.partiql import from_attributes
from functions.runtime.queues import SqsQueues
from functions.runtime.services import Services
from functions.runtime.settings import RunnerSettings
from functions.runtime.telemetry import Tracing, make_logger, make_metrics
from tests.runtime.fake_dynamodb import FakeDynamoDB
from tests.runtime.fake_sqs import FakeSqs, Message
from tests.runtime.faults import Calls, Crash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

BUFFER, DLQ = "https://queue/buffer", "https://queue/dlq"
STATE, LEDGER, BUCKET = "state", "ledger", "raw-bucket"

SETTINGS = RunnerSettings(
    pipeline="shop-orders",
    stage="dev",
    data_class="internal",
    manifest_hash="m" * 64,
    source="http",
    tenant=TenantSettings(),
    contract=None,
    idempotency=IdempotencySettings(key=("body.order_id",), ttl_seconds=86_400),
    retry=RetrySettings(
        max_attempts=5, interval_seconds=2, backoff_rate=2, max_delay_seconds=900, max_receive_count=100
    ),
    outputs=(OutputSettings(name="raw", type="raw", target=BUCKET),),
    secrets=(),
    queue_url=BUFFER,
    dlq_url=DLQ,
    state_table=STATE,
    ledger_table=LEDGER,
    ledger_retention=400 * 86_400,
    raw_bucket=BUCKET,
)


def contract(file: str = "order.json", **changes: Any) -> ContractSettings:
    return ContractSettings(id="order", version="1", schema_hash="s" * 64, file=file, **changes)


def put(order: Any, run: Run) -> None:
    """Land an order as it was received: the handler of most tests."""
    run.outputs.raw.put(order)


_LOGGERS = itertools.count()


def new_logger_name() -> str:
    """Return a name that no logger has: loggers of one name share one stream."""
    return f"test-{next(_LOGGERS)}"


@dataclass
class Clock:
    """Time that passes only when told to."""

    seconds: float = 1_700_000_000.0

    def now(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Context:
    """Lambda's context object; the invocation ends at ``ends``."""

    clock: Clock
    ends: float
    aws_request_id: str
    function_name: str = "shop-orders-dev-land-order"
    function_version: str = "7"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, round((self.ends - self.clock.now()) * 1000))


@dataclass
class FakeS3:
    """Objects by key; nothing is ever written twice."""

    calls: Calls
    objects: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str, Metadata: dict[str, str]) -> None:  # noqa: N803
        with self.calls.call("PutObject"):
            place = f"s3://{Bucket}/{Key}"
            assert place not in self.objects
            self.objects[place], self.metadata[place] = Body, Metadata


class World:
    """One pipeline. ``handler`` is the user's function."""

    def __init__(self, handler: Callable[[Any, Run], object] = put, timeout: float = 30.0, **changes: Any) -> None:
        self.settings = replace(SETTINGS, **changes)
        self.handler = handler
        self.timeout = timeout
        self.clock = Clock()
        self.calls = Calls()
        self.dynamodb = FakeDynamoDB(self.calls)
        self.s3 = FakeS3(self.calls)
        redrive = {BUFFER: (DLQ, self.settings.retry.max_receive_count or 1000)}
        self.sqs = FakeSqs(self.calls, self.clock.now, visibility_timeout=6 * timeout, redrive=redrive)
        self.log = io.StringIO()
        self.logger_name = new_logger_name()
        self.folder = Path()
        self.secrets: dict[str, str] = {}
        self.invocations = 0
        self._ids = 0

    def services(self) -> Services:
        """Return new services on the same world, as a new environment would have them."""
        return Services(
            claims=PartiqlClaimStore(lambda: self.dynamodb, STATE),
            ledger=PartiqlLedgerStore(lambda: self.dynamodb, LEDGER),
            objects=S3ObjectStore(lambda: self.s3),
            make_queues=lambda: SqsQueues(lambda: self.sqs, BUFFER, DLQ),
            fetch_secret=lambda name: self.secrets[name],
            now=self.clock.now,
            uniform=lambda low, high: high,
            new_id=self._new_id,
            logger=make_logger("shop-orders", "dev", self.logger_name, self.log),
            metrics=make_metrics("shop-orders", "test"),
            counts=make_metrics("shop-orders", "test"),
            tracing=Tracing("test", {}),
        )

    def send(self, *orders: Any, path: dict[str, str] | None = None) -> list[Message]:
        """Put orders on the buffer, as JSON unless they are text already."""
        attributes = {
            f"{PATH_PREFIX}{name}": {"DataType": "String", "StringValue": value} for name, value in (path or {}).items()
        }
        return [self.sqs.put(BUFFER, o if isinstance(o, str) else json.dumps(o), attributes) for o in orders]

    def deliver(self, size: int = 10) -> dict[str, Any]:
        """Let the poller call the function once with visible messages; a crash deletes nothing and is raised."""
        messages = self.sqs.receive(BUFFER, size)
        answer = self.invoke([message.to_record() for message in messages])
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            if message.id not in failed:
                self.sqs.delete(BUFFER, message)
        return answer

    def invoke(self, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Call the function with the records of one event."""
        return self.ask({"Records": list(records)})

    def ask(self, event: dict[str, Any]) -> dict[str, Any]:
        """Call the function with an event as it is."""
        self.invocations += 1
        context = Context(self.clock, self.clock.now() + self.timeout, f"request-{self.invocations}")
        return runner(self.handler).with_(self.settings, self.services(), self.folder)(event, context)

    def until_quiet(self, size: int = 10, rounds: int = 60) -> None:
        """Deliver until the buffer is empty, letting time pass until the next message is visible."""
        for _ in range(rounds):
            if not self.sqs.queue(BUFFER):
                return
            soonest = min(message.visible_at for message in self.sqs.queue(BUFFER))
            self.clock.advance(max(0.0, soonest - self.clock.now()) + 0.001)
            try:
                self.deliver(size)
            except Crash:
                self.clock.advance(1)
        raise AssertionError(f"still on the buffer: {self.sqs.queue(BUFFER)}")

    def entries(self, status: Status | None = None) -> list[LedgerEntry]:
        """Return ledger entries in the order in which they were written."""
        found = [LedgerEntry.from_item(from_attributes(item)) for item in self.dynamodb.items(LEDGER)]
        return [entry for entry in found if status is None or entry.status is status]

    def statuses(self) -> list[str]:
        return sorted(entry.status.value for entry in self.entries())

    def landed(self) -> list[str]:
        """Return the lines that succeeded entries name: what readers of the Raw Stage see."""
        return [line for entry in self.entries(Status.SUCCEEDED) for line in self.lines(entry)]

    def lines(self, entry: LedgerEntry) -> list[str]:
        """Return the lines at an entry's location."""
        place, _, numbers = (entry.location or "").partition("#")
        first, _, last = numbers.partition("-")
        lines = self.s3.objects[place].decode().splitlines()
        return lines[int(first) - 1 : int(last or first)]

    def dead_letters(self) -> list[Message]:
        return self.sqs.queue(DLQ)

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def _new_id(self) -> str:
        self._ids += 1
        return f"lease-{self._ids}"
