"""One pipeline on an AWS in memory: tables, objects, queues, a clock, and the poller that calls the function."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.landed import landed_lines
from constructs_lib.drills.memory.clients import MemoryClients
from constructs_lib.drills.memory.clock import Clock, Context
from constructs_lib.drills.memory.dynamodb import MemoryDynamoDB
from constructs_lib.drills.memory.events import MemoryEvents
from constructs_lib.drills.memory.faults import Calls, Crash
from constructs_lib.drills.memory.objects import MemoryS3
from constructs_lib.drills.memory.sqs import MemorySqs, Message
from constructs_lib.drills.memory.stores import drilled_stores
from constructs_lib.drills.pressure import memory_pressure
from constructs_lib.model.samples import SampleRecord, plain
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import FAILURE, PATH_PREFIX, Failure
from functions.runtime import Run, runner
from functions.runtime.arrivals import source_bucket
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from functions.runtime.claims import PartiqlClaimStore
from functions.runtime.events import EventBridgeSink
from functions.runtime.groups.collaborators import Groups
from functions.runtime.groups.signals import SqsSignals
from functions.runtime.groups.store import PartiqlGroupStore
from functions.runtime.ledger import PartiqlLedgerStore
from functions.runtime.objects import S3ObjectStore
from functions.runtime.partiql import from_attributes
from functions.runtime.queues import SqsQueues
from functions.runtime.redactor import Redactor
from functions.runtime.services import SOURCE, Services
from functions.runtime.telemetry import Tracing, make_logger, make_metrics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from constructs_lib.model.samples import SampleMessage
    from functions.runtime.back_pressure.pressure import Pressure
    from functions.runtime.settings import RunnerSettings

    Envelope = Callable[[SampleRecord], SampleMessage]

IDS_APART = 1_000_000
"""How far apart the ids of functions begin, so that no two make the same."""
WITHOUT_LIMIT = 1000
"""Receives of a message when the settings set no limit: more than SQS allows."""
_LOGGERS = itertools.count()


def new_logger_name() -> str:
    """Return a name that no logger has: loggers of one name share one stream."""
    return f"drill-{next(_LOGGERS)}"


class World:
    """One pipeline; ``timeout`` of an invocation in seconds, ``folder`` is where the contract's file is."""

    def __init__(
        self,
        handler: Callable[[Any, Run], object],
        settings: RunnerSettings,
        *,
        timeout: float = 30.0,
        folder: Path | None = None,
        envelope: Envelope = plain,
    ) -> None:
        """``handler`` is the user's function of one record, without its decorator; ``envelope`` is its source's."""
        self.envelope = envelope
        self.settings = settings
        self.handler = handler
        self.timeout = timeout
        self.clock = Clock()
        self.calls = Calls()
        self.dynamodb = MemoryDynamoDB(self.calls)
        self.s3 = MemoryS3(self.calls, settings.raw_bucket)
        self.buffer, self.dlq = settings.queue_url, settings.dlq_url
        redrive = {self.buffer: (self.dlq, settings.retry.max_receive_count or WITHOUT_LIMIT)}
        self.sqs = MemorySqs(self.calls, self.clock.now, visibility_timeout=6 * timeout, redrive=redrive)
        self.bus = MemoryEvents(self.calls)
        self.clients = self._clients()
        self.log = io.StringIO()
        self.logger_name = new_logger_name()
        self.folder = folder or Path()
        self.secrets: dict[str, str] = {}
        self.stores: dict[str, Any] = dict(drilled_stores(settings.stores, self.calls))
        self.all_stores = dict(self.stores)
        """Those of every function on this memory; ``stores`` are what this one may use."""
        self.invocations = 0
        self.answers: dict[str, list[Any]] = {}
        """Good answers by request, where a pipeline answers requests."""
        self._ids = self._sent = self._functions = 0

    def services(self) -> Services:
        """Return new services on the same world, as a new environment would have them."""
        pipeline = self.settings.pipeline
        redactor = Redactor()
        return Services(
            claims=PartiqlClaimStore(lambda: self.dynamodb, self.settings.state_table),
            ledger=PartiqlLedgerStore(lambda: self.dynamodb, self.settings.ledger_table, self.settings.completion),
            objects=S3ObjectStore(lambda: self.s3),
            make_groups=self._groups,
            make_queues=lambda: SqsQueues(lambda: self.sqs, self.buffer, self.dlq),
            client=self.clients.client,
            make_state=self._state,
            connect=self.clients.http.connect,
            folder=self.folder,
            make_events=lambda: EventBridgeSink(lambda: self.bus, self.settings.event_bus),
            fetch_secret=lambda name: self.secrets[name],
            redactor=redactor,
            now=self.clock.now,
            uniform=lambda _low, high: high,
            sleep=self.clock.advance,
            new_id=self._new_id,
            logger=make_logger(pipeline, self.settings.stage, self.logger_name, redactor, self.log),
            metrics=make_metrics(pipeline, "drill", redactor),
            counts=make_metrics(pipeline, "drill", redactor),
            tracing=Tracing("drill", redactor, {}),
            make_stores=lambda: self.stores,
            make_pressure=self._pressure if self.settings.back_pressure else None,
        )

    def beside(self, handler: Callable[[Any, Run], object], settings: RunnerSettings) -> World:
        """Return another function on the same memory, with a buffer of its own."""
        other = World(handler, settings, timeout=self.timeout, folder=self.folder)
        other.clock, other.calls, other.dynamodb, other.s3 = self.clock, self.calls, self.dynamodb, self.s3
        self.sqs.redrive |= other.sqs.redrive
        other.sqs, other.log, other.logger_name = self.sqs, self.log, self.logger_name
        self._functions += 1
        other._ids, other.secrets, other.all_stores = self._functions * IDS_APART, self.secrets, self.all_stores
        for name, store in drilled_stores(settings.stores, self.calls).items():
            other.stores[name] = self.all_stores.setdefault(name, store)
        other.clients = other._clients()
        return other

    def _clients(self) -> MemoryClients:
        shared = (self.sqs, self.bus, self.s3)
        return MemoryClients(self.calls, self.clock.now, self.settings.outputs, shared)

    def send(self, *records: Any, path: dict[str, str] | None = None) -> list[Message]:
        """Have records sent, as JSON unless they are text already, each in the envelope of its source."""
        attributes = {f"{PATH_PREFIX}{name}": value for name, value in (path or {}).items()}
        texts = [record if isinstance(record, str) else json.dumps(record) for record in records]
        return [self.put(SampleRecord(id=self._sent_id(), text=text, attributes=attributes)) for text in texts]

    def put(self, record: SampleRecord) -> Message:
        """Have the source deliver one record."""
        sent = self.envelope(record)
        self.s3.arrived |= sent.objects
        if sent.objects:
            self.stores.setdefault(SOURCE, source_bucket(self.settings.arrivals or {}, self.clients.client))
        return self._take(sent.text, sent.attributes, record.group)

    def put_broken(self, record: SampleRecord) -> Message:
        """Have a text that is no record reach the pipeline; only a stream wraps that."""
        return self._take(record.text, record.attributes, record.group)

    def put_text(self, message: SampleMessage, group: str = "") -> Message:
        """Have a message reach the pipeline as it is."""
        return self._take(message.text, message.attributes, group)

    def _take(self, text: str, attributes: Mapping[str, str], group: str) -> Message:
        typed = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        return self.sqs.put(self.buffer, text, typed, group or None if self.settings.ordered else None)

    def _sent_id(self) -> str:
        self._sent += 1
        return f"sent-{self._sent}"

    def deliver(self, size: int = 10) -> dict[str, Any]:
        """Let the poller call the function once with visible messages; a crash deletes nothing and is raised."""
        messages = self.hand_out(size)
        try:
            answer = self.invoke([message.to_record() for message in messages])
        except Crash:
            self.lose(messages)
            raise
        self.acknowledge(messages, answer)
        return answer

    def hand_out(self, limit: int) -> list[Message]:
        """Return what the poller receives."""
        return self.sqs.receive(self.buffer, limit)

    def lose(self, messages: list[Message]) -> None:
        """Nothing was answered: what was received becomes visible again in its time."""

    def acknowledge(
        self, messages: list[Message], answer: dict[str, Any], forgets: Callable[[], bool] = lambda: False
    ) -> None:
        """Delete what has not failed; where the poller ``forgets`` to, a message comes again."""
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            kept = message.id in failed or forgets()
            if not kept and message in self.sqs.queue(self.buffer):
                self.sqs.delete(self.buffer, message)

    def invoke(self, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Call the function with the records of one event."""
        return self.ask(self.event(records))

    def event(self, records: Iterable[dict[str, Any]]) -> dict[str, Any]:
        """Return the event in which messages are handed over."""
        return {"Records": list(records)}

    def ask(self, event: dict[str, Any]) -> dict[str, Any]:
        """Call the function with an event as it is."""
        return runner(self.handler).with_(self.settings, self.services(), self.folder)(event, self.context())

    def context(self) -> Context:
        """Return Lambda's context of the next invocation."""
        self.invocations += 1
        self.calls.gone = False
        return Context(self.clock, self.clock.now() + self.timeout, f"request-{self.invocations}")

    def until_quiet(self, size: int = 10, rounds: int = 60) -> None:
        """Deliver until the buffer is empty, letting time pass until the next message is visible.

        Raises:
            AssertionError: messages are left after so many deliveries.
        """
        for _ in range(rounds):
            waiting = self.sqs.queue(self.buffer)
            if not waiting:
                return
            soonest = self.sqs.soonest(self.buffer)
            self.clock.advance(max(0.0, soonest - self.clock.now()) + 0.001)
            try:
                self.deliver(size)
            except Crash:
                self.clock.advance(1)
        raise AssertionError(f"still on the buffer: {self.sqs.queue(self.buffer)}")

    def entries(self, status: Status | None = None) -> list[LedgerEntry]:
        """Return ledger entries in the order in which they were written."""
        items = self.dynamodb.items(self.settings.ledger_table)
        found = [LedgerEntry.from_item(from_attributes(item)) for item in items]
        return [entry for entry in found if status is None or entry.status is status]

    def statuses(self) -> list[str]:
        """Return the statuses of all entries, sorted."""
        return sorted(entry.status.value for entry in self.entries())

    def landed(self) -> list[str]:
        """Return the lines that succeeded entries name: what readers of the Raw Stage see."""
        return [line for entry in self.completed() for line in self.lines(entry)]

    def completed(self) -> list[LedgerEntry]:
        """Return the entries by which records have come to their good end in this function."""
        return self.entries(self.settings.completion)

    def lines(self, entry: LedgerEntry) -> list[str]:
        """Return the lines at an entry's location; none where nothing was landed."""
        return landed_lines(entry.location, self.s3.objects)

    def dead_letters(self) -> list[Message]:
        """Return the messages of the dead-letter queue."""
        return self.sqs.queue(self.dlq)

    def given_up(self) -> set[str]:
        """Return the run tokens that letters name."""
        told = (letter.attributes.get(FAILURE) for letter in self.dead_letters())
        return {Failure.from_json(failure["StringValue"]).run_token for failure in told if failure}

    def logged(self) -> list[dict[str, Any]]:
        """Return the log lines of all invocations."""
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def _state(self) -> PartiqlStateItems:
        return PartiqlStateItems(lambda: self.dynamodb, self.settings.state_table)

    def _pressure(self) -> Pressure:
        logger = make_logger(self.settings.pipeline, self.settings.stage, self.logger_name, Redactor(), self.log)
        return memory_pressure(self.settings, self._state(), self._tell_control, self.clock.now, logger)

    def _tell_control(self, url: str) -> None:
        with self.calls.call("SendMessage"):
            self.sqs.put(url, "{}")

    def _groups(self) -> Groups:
        url = self.settings.fan_in.queue_url if self.settings.fan_in else ""
        store = PartiqlGroupStore(lambda: self.dynamodb, self.settings.state_table)
        return Groups(store, SqsSignals(lambda: self.sqs, url))

    def control_messages(self) -> list[Message]:
        """Return what the function that controls intake was sent; empty without back pressure."""
        return self.sqs.queue(self.settings.back_pressure.control_url) if self.settings.back_pressure else []

    def _new_id(self) -> str:
        self._ids += 1
        return f"lease-{self._ids}"
