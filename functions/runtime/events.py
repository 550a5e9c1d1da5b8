"""The platform's event bus, as functions send to it: many events a call, each answered by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.event_bus import MAX_BYTES, MAX_EVENTS, SOURCE
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.batch_call import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.contract.events import Event


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


def _entry(event: Event, bus: str) -> dict[str, str]:
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": event.type.value,
        "Detail": event.detail.to_json(),
    }


def _size(entry: dict[str, str]) -> int:
    return sum(len(value.encode()) for value in entry.values())
