"""Events reach the platform's bus in few calls, and none that is lost takes a record along."""

from __future__ import annotations

from typing import Any

from constructs_lib.drills.memory.events import MemoryEvents
from constructs_lib.drills.memory.faults import Calls, Fault, always
from functions.contract.event_bus import MAX_BYTES, SOURCE
from functions.contract.events import ContractDrift, DetailType, Event
from functions.runtime.emitting import emit
from functions.runtime.events import EventBridgeSink
from tests.runtime.fakes import World

DRIFT = ContractDrift(
    pipeline="shop-orders",
    stage="dev",
    tenant="shop-1",
    contract_id="order",
    contract_version="1",
    schema_hash="s" * 64,
    fields=("colour", "lines[].size"),
    run_token="t" * 32,
    run_id="message-1.1",
    records=3,
)
EVENT = Event(DetailType.CONTRACT_DRIFT, DRIFT)


class Partial:
    """A bus that takes every event but the second, and does not speak of the last."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - as AWS writes it
        told: list[dict[str, Any]] = [{"EventId": "1"} for _ in Entries[:-1]]
        told[1] = {"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"}
        return {"FailedEntryCount": 1, "Entries": told}


def sink(client: Any) -> EventBridgeSink:
    return EventBridgeSink(lambda: client, "platform-events")


def test_an_event_has_the_platforms_source_its_type_and_a_detail_that_is_read_back() -> None:
    bus = MemoryEvents(Calls())
    assert sink(bus).put([EVENT]) == [None]
    (entry,) = bus.entries
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("platform-events", SOURCE, "ContractDrift")
    assert ContractDrift.from_json(entry["Detail"]) == DRIFT


def test_ten_events_are_one_call_and_eleven_are_two() -> None:
    bus = MemoryEvents(Calls())
    assert sink(bus).put([EVENT] * 10) == [None] * 10
    assert bus._calls.names == ["PutEvents"]
    assert sink(bus).put([EVENT] * 11) == [None] * 11
    assert bus._calls.names == ["PutEvents"] * 3


def test_events_that_are_too_large_together_go_apart() -> None:
    bus = MemoryEvents(Calls())
    large = Event(EVENT.type, ContractDrift(**{**vars(DRIFT), "fields": ("x" * (MAX_BYTES // 2),)}))
    assert sink(bus).put([large, large, EVENT]) == [None] * 3
    assert bus._calls.names == ["PutEvents"] * 2


def test_each_event_that_was_not_taken_has_its_code() -> None:
    assert sink(Partial()).put([EVENT] * 3) == [None, "ThrottlingException", "NoAnswer"]


def test_a_lost_event_is_a_warning_and_a_count_and_no_error(capsys: Any) -> None:
    world = World()
    world.calls.plan = always("PutEvents", Fault.REFUSED)
    assert emit([EVENT, EVENT], world.services()) == []
    (line,) = world.logged()
    assert (line["level"], line["error_type"], line["events"]) == ("WARNING", "InternalServerError", 2)
    assert '"EventsLost":[2.0]' in capsys.readouterr().out


def test_what_was_taken_is_no_warning_and_no_count(capsys: Any) -> None:
    world = World()
    assert emit([EVENT], world.services()) == [EVENT]
    assert world.logged() == []
    assert "EventsLost" not in capsys.readouterr().out


def test_no_event_is_no_call() -> None:
    world = World()
    assert emit([], world.services()) == []
    assert world.calls.names == []
