"""A trip is booked as a whole or not at all: what was booked is cancelled in reverse order, also by a busy desk."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status
from functions.runtime.stores.memory import MemoryTable
from functions.runtime.stores.values import from_attributes, to_attribute

if TYPE_CHECKING:
    from constructs_lib.drills.workflows import WorkflowWorld
    from constructs_lib.local.trial import Trial

PIPELINE = "travel-booking"
CODES = {"flights": "DUB-LIS", "hotels": "miradouro", "cars": "compact"}


def trip(name: str) -> dict[str, str]:
    return {"trip": name, **{table.removesuffix("s"): code for table, code in CODES.items()}}


class Desks:
    """The airline's, the hotel's and the car rental's places, and what became of trips."""

    def __init__(self, trial: Trial) -> None:
        self.trial = trial
        self.tables: Any = trial.client("dynamodb")
        self.runs = trial.runs(PIPELINE)
        self.evidence = trial.evidence(PIPELINE)

    def offer(self, table: str, **places: int) -> None:
        item = {"code": CODES[table], **places}
        attributes = {name: to_attribute(value, name) for name, value in item.items()}
        self.tables.put_item(TableName=f"{PIPELINE}-dev-{table}", Item=attributes)

    def places(self) -> dict[str, dict[str, Any]]:
        """Return what each table holds beside its key."""
        return {table: self._places(table, code) for table, code in CODES.items()}

    def book(self, name: str) -> Status:
        self.trial.send(PIPELINE, trip(name))
        return self.runs.wait_until_ended(self.evidence.run_token(name))

    def itineraries(self) -> list[Any]:
        queue: Any = self.trial.client("sqs")
        url = queue.get_queue_url(QueueName=f"{PIPELINE}-dev-itineraries-queue")["QueueUrl"]
        found = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
        return [json.loads(message["Body"]) for message in found.get("Messages", [])]

    def _places(self, table: str, code: str) -> dict[str, Any]:
        found = self.tables.get_item(TableName=f"{PIPELINE}-dev-{table}", Key={"code": {"S": code}})["Item"]
        return {name: value for name, value in from_attributes(found).items() if name != "code"}


@pytest.fixture(scope="module")
def desks(example: Trial) -> Desks:
    desks = Desks(example)
    desks.offer("flights", left=2, busy=2)
    desks.offer("hotels", left=2)
    desks.offer("cars", left=1)
    return desks


def test_the_handlers_book_once_and_cancel_once_on_tables_in_memory(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.syspath_prepend(str(request.path.parent))
    module = import_module("travel_booking")
    flights = MemoryTable("code")
    flights.put({"code": "DUB-LIS", "left": 1, "busy": 1})
    run: Any = SimpleNamespace(stores=SimpleNamespace(flights=flights))
    booked = [module.book_flight.function(trip("t-1"), run) for _ in range(2)]
    assert booked == [{"place": "DUB-LIS", "note": "for-t-1"}] * 2
    assert flights.items == [{"code": "DUB-LIS", "left": 0, "busy": 1, "for-t-1": 1}]
    with pytest.raises(module.NoneLeft, match="DUB-LIS: none left"):
        module.book_flight.function(trip("t-2"), run)
    with pytest.raises(module.DeskBusy):
        module.cancel_flight.function(booked[0], run)
    for _ in range(2):
        module.cancel_flight.function(booked[0], run)
    assert flights.items == [{"code": "DUB-LIS", "left": 1, "busy": 0}]


def test_a_trip_is_booked_at_all_three_desks_and_confirmed(desks: Desks) -> None:
    assert desks.book("t-1") is Status.SUCCEEDED
    assert desks.places() == {
        "flights": {"left": 1, "busy": 2, "for-t-1": 1},
        "hotels": {"left": 1, "for-t-1": 1},
        "cars": {"left": 0, "for-t-1": 1},
    }
    assert desks.itineraries() == [{"trip": "t-1", "flight": "DUB-LIS", "hotel": "miradouro", "car": "compact"}]


def test_without_a_car_the_hotel_and_then_the_flight_are_cancelled_and_a_busy_desk_is_asked_again(desks: Desks) -> None:
    before = desks.places()
    assert desks.book("t-2") is Status.DEAD_LETTERED
    token = desks.evidence.run_token("t-2")
    undone = [step for step, status in desks.runs.steps(token) if status is Status.UNDONE]
    assert undone == ["book_hotel_undo", "book_flight_undo"]
    after = desks.places()
    assert after == {**before, "flights": {**before["flights"], "busy": 0}}
    assert [letter.error_type for letter in desks.evidence.dead_letters(token)] == ["Permanent"]
    assert [one["trip"] for one in desks.itineraries()] == ["t-1"]


def test_a_desk_that_never_cancels_is_told_and_the_rest_is_undone(in_memory: WorkflowWorld) -> None:
    stores = in_memory.stores
    stores["hotels"].put({"code": "miradouro", "left": 2, "busy": 100})
    stores["flights"].put({"code": "DUB-LIS", "left": 2})
    stores["cars"].put({"code": "compact", "left": 0})
    execution = in_memory.start(trip("t-3"))
    in_memory.run()
    assert (execution.status, execution.error) == ("FAILED", "UndoFailed")
    assert stores["flights"].items == [{"code": "DUB-LIS", "left": 2}]
    assert stores["hotels"].items == [{"code": "miradouro", "left": 1, "busy": 94, "for-t-3": 1}]
    assert [json.loads(letter.body) for letter in in_memory.letters()] == [trip("t-3")]
    told = [(entry.step, entry.status) for entry in in_memory.entries() if (entry.step or "").endswith("_undo")]
    assert told == [*[("book_hotel_undo", Status.FAILED)] * 6, ("book_flight_undo", Status.UNDONE)]
