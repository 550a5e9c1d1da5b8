"""The interval in the ledger: an entry when intake slowed, and one that follows it when it was restored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from functions.contract.events import DetailType, Event, IntakeChange
from functions.contract.identity import run_id, run_token, text_hash
from functions.contract.ledger import PARTITION_KEY, SORT_KEY, LedgerEntry, Status, sort, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.control_intake.settings import ControlSettings
    from functions.control_intake.watch import Interval
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.events import EventSink

NO_TENANT = "*"
"""Intake slows for all tenants alike."""


class NotRecorded(Exception):  # noqa: N818 - it says what happened
    """The ledger did not take an entry; the look at intake is repeated later."""


class Journal:
    """Writes the entries of one pipeline; one that stands already is left as it is."""

    def __init__(
        self,
        settings: ControlSettings,
        items: StateItems,
        now: Callable[[], float],
        function: tuple[str, str],
        events: EventSink,
    ) -> None:
        """``items`` are those of the ledger; ``function`` is the name and the version that entries name."""
        self._events = events
        self._settings = settings
        self._items = items
        self._now = now
        self._function = function

    def slowed(self, interval: Interval, failures: str, request_id: str) -> str:
        """Record that intake slowed, and return the hash of the entry that stands in the ledger."""
        settings = self._settings.back_pressure
        told = f"{settings.dependency} is left alone after {failures}: {settings.action}"
        return self._keep(self._entry(Status.SLOWED, interval, told, request_id), DetailType.INTAKE_SLOWED, interval)

    def resumed(self, interval: Interval, request_id: str) -> str:
        """Record that intake is as declared again, and for how long it was not."""
        told = f"{self._settings.back_pressure.dependency} answers again"
        return self._keep(self._entry(Status.RESUMED, interval, told, request_id), DetailType.INTAKE_RESUMED, interval)

    def _entry(self, status: Status, interval: Interval, told: str, request_id: str) -> LedgerEntry:
        settings, now = self._settings, self._now()
        name = settings.back_pressure.dependency
        over = status is Status.RESUMED
        return LedgerEntry(
            pipeline=settings.pipeline,
            stage=settings.stage,
            tenant=NO_TENANT,
            run_token=run_token(settings.pipeline, (name, interval.since)),
            run_id=run_id(name, interval.since),
            parent_run_id=None,
            status=status,
            attempt=0,
            recorded_at=_utc(now),
            duration_ms=int(now * 1000) - interval.since if over else 0,
            function=self._function[0],
            function_version=self._function[1],
            request_id=request_id,
            correlation_id=name,
            manifest_hash=settings.manifest_hash,
            contract_id=None,
            contract_version=None,
            schema_hash=None,
            payload_hash="",
            previous_hash=interval.head if over else None,
            error_type=interval.error_type or None,
            error_message=told,
            expires_at=int(now) + settings.ledger_retention,
        )

    def _keep(self, entry: LedgerEntry, told: DetailType, interval: Interval) -> str:
        """The event follows the entry: one that is lost is missed on the bus, and found in the ledger."""
        kept = self._insert(entry)
        settings = self._settings.back_pressure
        change = IntakeChange(
            pipeline=entry.pipeline,
            stage=entry.stage,
            dependency=settings.dependency,
            action=settings.action,
            run_token=entry.run_token,
            error_type=interval.error_type,
            since=_utc(interval.since / 1000),
            duration_ms=entry.duration_ms,
        )
        self._events.put([Event(told, change)])
        return kept

    def _insert(self, entry: LedgerEntry) -> str:
        item = entry.to_item()
        key = (entry.pk, sort(entry.status, entry.run_id))
        values = {name: value for name, value in item.items() if name not in (PARTITION_KEY, SORT_KEY)}
        answer = self._items.insert(key, values)
        if answer.done:
            return entry.hash
        found = self._items.read(key) if answer.conflict else None
        if found is None:
            raise NotRecorded(answer.code)
        return text_hash(text_of(found))


def _utc(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
