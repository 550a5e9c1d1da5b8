"""A schedule on an AWS in memory, and an API that it pulls from."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Crash
from functions.contract.environment import CheckpointSettings, IdempotencySettings
from functions.contract.identity import run_token
from functions.contract.state import checkpoint_key, schedule_key
from functions.contract.ticks import TickMessage, parse_time, time_text
from functions.runtime import Page, Run, Tick
from functions.runtime.partiql import from_attributes
from tests.runtime.fakes import BUFFER, STATE, World

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

HOURLY = "cron(0 * * * ? *)"
NATURAL = IdempotencySettings(key=("schedule.scheduled_at", "schedule.page"), ttl_seconds=86_400)
CHECKPOINT = CheckpointSettings(cursor="updated_since", initial="2026-11-20T00:00:00Z", overlap_seconds=300)


def options(**changes: Any) -> dict[str, Any]:
    return {"expression": HOURLY, "timezone": "UTC", "overlap": "forbid", "missed_run": "skip", **changes}


def land(tick: Tick, run: Run) -> None:
    """Land the time of the tick: the handler of schedules without a checkpoint."""
    run.outputs.raw.put({"at": tick.scheduled_at.isoformat()})


class Source:
    """What is pulled: one item for each minute; the handler lands a page of ``size`` of those in the window."""

    def __init__(self, size: int = 20) -> None:
        self.size = size
        self.windows: list[tuple[str, str]] = []

    def pull(self, tick: Tick, run: Run) -> Page:
        assert tick.window_start is not None
        first = int(tick.window_start.timestamp()) // 60
        last = int(tick.window_end.timestamp()) // 60
        start = int(tick.token or first)
        end = min(start + self.size, last)
        for minute in range(start, end):
            run.outputs.raw.put({"minute": minute, "run": time_text(int(tick.scheduled_at.timestamp()))})
        self.windows.append((tick.window_start.isoformat(), tick.window_end.isoformat()))
        return Page(next=str(end)) if end < last else Page()


class Schedule(World):
    """A pipeline with a schedule, and with a cursor when ``checkpoint`` is given."""

    def __init__(self, handler: Callable[[Any, Run], object] = land, **changes: Any) -> None:
        told = changes.pop("source_options", options())
        super().__init__(handler, source="schedule", source_options=told, idempotency=NATURAL, **changes)
        self.clock.advance(datetime(2026, 11, 21, tzinfo=UTC).timestamp() - self.clock.now())

    def tick(self, at: str, **more: Any) -> None:
        """Let Scheduler send a tick of today, at its time or later."""
        seconds = parse_time(f"2026-11-21T{at}:00Z")
        self.clock.advance(max(0.0, seconds - self.clock.now()))
        self.sqs.put(BUFFER, TickMessage(scheduled_at=seconds, **more).to_text())

    def of(self, at: str) -> list[LedgerEntry]:
        """Return the entries of a tick of today."""
        key = (f"2026-11-21T{at}:00Z", 1)
        return [entry for entry in self.entries() if entry.run_token == run_token("shop-orders", key)]

    def said(self, at: str) -> list[str]:
        """Return what became of a tick, with reasons."""
        return [f"{entry.status.value} {entry.error_type or ''}".strip() for entry in self.of(at)]

    def state(self, key: tuple[str, str]) -> dict[str, Any]:
        """Return the value of an item of the state table."""
        for item in self.dynamodb.items(STATE):
            plain = from_attributes(item)
            if (plain["pk"], plain["sk"]) == key:
                return dict(json.loads(plain["about"]))
        return {}

    def turns(self) -> dict[str, Any]:
        return self.state(schedule_key("shop-orders"))

    def cursor(self) -> dict[str, Any]:
        return self.state(checkpoint_key("shop-orders", "updated_since"))

    def drain(self, rounds: int = 300) -> None:
        """Deliver until the buffer is empty, whatever crashes on the way."""
        for _ in range(rounds):
            waiting = self.sqs.queue(BUFFER)
            if not waiting:
                return
            soonest = min(message.visible_at for message in waiting)
            self.clock.advance(max(0.0, soonest - self.clock.now()) + 0.001)
            try:
                self.deliver()
            except Crash:
                self.clock.advance(1)
        raise AssertionError(f"still on the buffer: {self.sqs.queue(BUFFER)}")

    def minutes(self) -> list[int]:
        """Return the minutes that landed, of succeeded entries alone."""
        return [json.loads(line)["minute"] for line in self.landed()]


def pulling(source: Source | None = None, **changes: Any) -> Schedule:
    pulled = source or Source()

    def handle(tick: Tick, run: Run) -> Page:
        return pulled.pull(tick, run)

    return Schedule(handle, checkpoint=CHECKPOINT, **changes)
