"""The event_bus output: events on EventBridge, ten a call, each with what tells receivers where it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.contract.event_bus import MAX_BYTES, MAX_EVENTS
from functions.contract.identity import canonical_json
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.outputs.draft import OutputMisuse, SendDraft
from functions.runtime.outputs.sending import Sending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush
    from functions.runtime.outputs.event_contract import EventContract
    from functions.runtime.outputs.kind import Landed
    from functions.runtime.services import Services

LONGEST_TYPE = 128
"""Characters of a detail type (Amazon EventBridge API reference, PutEvents)."""


@dataclass(frozen=True)
class Happening:
    """One event as it was put; ``data`` is JSON."""

    id: str
    data: str
    detail_type: str
    occurred_at: str | None


class EventDraft(SendDraft[Happening]):
    """The events that one run has put."""

    def __init__(
        self, text: str, argument: Any, token: str, *, detail_type: str, contract: EventContract | None
    ) -> None:
        """``detail_type`` is the declared one."""
        super().__init__(text, argument, token)
        self._detail_type = detail_type
        self._contract = contract

    def put(self, detail: Any, *, detail_type: str | None = None, occurred_at: datetime | str | None = None) -> None:
        """Keep one event.

        Args:
            detail: what has happened, as JSON; it is sent as ``data`` beside ``metadata``.
            detail_type: what rules match; the declared one when absent.
            occurred_at: an aware time, or one in ISO 8601; when absent, the time at which the record was queued.

        Raises:
            OutputMisuse: the detail breaks the declared schema, or type or time is none.
            TypeError, ValueError: the detail cannot be written as JSON.
            RuntimeError: the run has ended.
        """
        kind = self._detail_type if detail_type is None else detail_type
        if not 0 < len(kind) <= LONGEST_TYPE:
            raise OutputMisuse(f"a detail type has 1 to {LONGEST_TYPE} characters")
        id, data = self._next_id(), self._json(detail)
        if self._contract is not None:
            self._contract.check(data)
        self.entries.append(Happening(id, data, kind, _time(occurred_at)))


class EventBusOutput:
    """One bus, under one source."""

    def __init__(self, settings: OutputSettings, services: Services) -> None:
        """``settings.target`` is the bus; options are ``source``, ``detail_type`` and ``contract``."""
        self._name = settings.name
        self._bus = settings.target
        self._source: str = settings.options["source"]
        self._detail_type: str = settings.options["detail_type"]
        self._contract = _contract(settings, services)
        self._client = services.client

    def draft(self, text: str, argument: Any, token: str) -> EventDraft:
        """Return an empty draft."""
        return EventDraft(text, argument, token, detail_type=self._detail_type, contract=self._contract)

    def land(self, drafts: Sequence[tuple[str, EventDraft]], flush: Flush) -> list[Landed | Failure]:
        """Put the events of all drafts on the bus, in the order in which they were put."""
        sending: Sending[dict[str, str]] = Sending(self._name, MAX_EVENTS, MAX_BYTES, _size, self._put)
        return sending.land(
            [[self._entry(event, tenant, draft.token, flush) for event in draft.entries] for tenant, draft in drafts]
        )

    def _entry(self, event: Happening, tenant: str, token: str, flush: Flush) -> dict[str, str]:
        metadata = canonical_json(self._metadata(event, tenant, token, flush))
        return {
            "EventBusName": self._bus,
            "Source": self._source,
            "DetailType": event.detail_type,
            "Detail": f'{{"metadata":{metadata},"data":{event.data}}}',
        }

    def _metadata(self, event: Happening, tenant: str, token: str, flush: Flush) -> dict[str, Any]:
        record = flush.records.get(token)
        return {
            "event_id": event.id,
            "occurred_at": event.occurred_at or _queued(record.queued_at if record else None),
            "pipeline": flush.settings.pipeline,
            "stage": flush.settings.stage,
            "tenant": tenant,
            "run_token": token,
            "run_id": record.run_id if record else None,
            "correlation_id": record.correlation_id if record else None,
            "contract": self._contract.told if self._contract else None,
        }

    def _put(self, part: list[dict[str, str]]) -> list[str | None]:
        return put_events(self._client, part)


def put_events(client: Callable[[str], Any], part: list[dict[str, str]]) -> list[str | None]:
    """Make one call without raising; return an error code for each event that was not taken, else None."""
    try:
        answer = client("events").put_events(Entries=part)
    except AWS_FAILURES as error:
        return [error_code(error)] * len(part)
    told = answer.get("Entries", [])
    codes = [None if "EventId" in entry else str(entry.get("ErrorCode", "NoAnswer")) for entry in told]
    return [*codes, *["NoAnswer"] * (len(part) - len(codes))]


def _contract(settings: OutputSettings, services: Services) -> EventContract | None:
    declared = settings.options.get("contract")
    if declared is None:
        return None
    from functions.runtime.outputs.event_contract import EventContract

    return EventContract.load(declared, services.folder)


def _time(given: datetime | str | None) -> str | None:
    if given is None:
        return None
    try:
        time = datetime.fromisoformat(given) if isinstance(given, str) else given
    except ValueError:
        raise OutputMisuse("occurred_at is no time in ISO 8601") from None
    if time.tzinfo is None:
        raise OutputMisuse("occurred_at has no time zone")
    return _iso(time)


def _queued(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else _iso(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _iso(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _size(entry: dict[str, str]) -> int:
    return sum(len(entry[name].encode()) for name in ("Source", "DetailType", "Detail"))


def make(settings: OutputSettings, services: Services) -> EventBusOutput:
    """Return one bus."""
    return EventBusOutput(settings, services)
