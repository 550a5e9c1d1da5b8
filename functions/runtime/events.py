"""The platform's event bus, as a runner sends to it: many events a call, and no record fails for one that is lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.event_bus import MAX_BYTES, MAX_EVENTS, SOURCE
from functions.contract.metric import EventMetric
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.batch_call import parts
from functions.runtime.telemetry import flush_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.contract.events import Event
    from functions.runtime.services import Services


class EventSink(Protocol):
    """Where events go."""

    def put(self, events: Sequence[Event]) -> list[str | None]:
        """Send events without raising; returns an error code for each that was not taken, else None."""


class EventBridgeSink:
    """The platform's bus in EventBridge."""

    def __init__(self, client: Callable[[], Any], bus: str) -> None:
        """``client`` makes or returns the client of EventBridge."""
        self._client = client
        self._bus = bus

    def put(self, events: Sequence[Event]) -> list[str | None]:
        """Send events, ten or 256 KiB a call."""
        entries = [_entry(event, self._bus) for event in events]
        return [
            result
            for part in parts(entries, most=MAX_EVENTS, size=_size, most_bytes=MAX_BYTES)
            for result in self._put(part)
        ]

    def _put(self, part: list[dict[str, str]]) -> list[str | None]:
        try:
            answer = self._client().put_events(Entries=part)
        except AWS_FAILURES as error:
            return [error_code(error)] * len(part)
        told = answer.get("Entries", [])
        codes = [None if "EventId" in entry else str(entry.get("ErrorCode", "NoAnswer")) for entry in told]
        return [*codes, *["NoAnswer"] * (len(part) - len(codes))]


def emit(events: Sequence[Event], services: Services) -> list[Event]:
    """Send events and return those that were taken; the others are a warning and a count, and no record's failure."""
    if not events:
        return []
    answers = services.events.put(events)
    lost = Counter(answer for answer in answers if answer is not None)
    for code, count in lost.items():
        services.logger.warning("events lost", extra={"error_type": code, "events": count})
    if lost:
        flush_counts(services.counts, {EventMetric.LOST: lost.total()})
    return [event for event, answer in zip(events, answers, strict=True) if answer is None]


def _entry(event: Event, bus: str) -> dict[str, str]:
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": event.type.value,
        "Detail": event.detail.to_json(),
    }


def _size(entry: dict[str, str]) -> int:
    return sum(len(value.encode()) for value in entry.values())
