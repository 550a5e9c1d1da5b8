"""Book a flight, a hotel and a car for one trip, and cancel what was booked when one of them cannot be had."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Recoverable, Run, runner
from functions.runtime.stores import ABSENT, EXISTS, AtLeast


class NoneLeft(Permanent):
    """All places are taken."""


class DeskBusy(Recoverable):
    """The other side cannot cancel just now."""


@runner
def book_flight(trip: dict[str, Any], run: Run) -> dict[str, str]:
    """Take a seat."""
    return book(run.stores.flights, trip["flight"], trip["trip"])


@runner
def cancel_flight(booking: dict[str, str], run: Run) -> None:
    """Give the seat back."""
    cancel(run.stores.flights, booking)


@runner
def book_hotel(trip: dict[str, Any], run: Run) -> dict[str, str]:
    """Take a room."""
    return book(run.stores.hotels, trip["hotel"], trip["trip"])


@runner
def cancel_hotel(booking: dict[str, str], run: Run) -> None:
    """Give the room back."""
    cancel(run.stores.hotels, booking)


@runner
def book_car(trip: dict[str, Any], run: Run) -> dict[str, str]:
    """Take a car."""
    return book(run.stores.cars, trip["car"], trip["trip"])


@runner
def cancel_car(booking: dict[str, str], run: Run) -> None:
    """Give the car back."""
    cancel(run.stores.cars, booking)


def book(table: Any, code: str, trip: str) -> dict[str, str]:
    """Take one place and note the trip beside it in one write, so that a second try finds the note."""
    note = f"for-{trip}"
    taken = table.update(code, {note: 1}, add={"left": -1}, when={"left": AtLeast(1), note: ABSENT})
    if not taken and note not in (taken.item or {}):
        raise NoneLeft(f"{code}: none left")
    return {"place": code, "note": note}


def cancel(table: Any, booking: dict[str, str]) -> None:
    """Give one place back, unless the note of the trip is gone already; a busy desk counts the calls it turns away."""
    code, note = booking["place"], booking["note"]
    if table.update(code, add={"busy": -1}, when={"busy": AtLeast(1)}):
        raise DeskBusy(f"{code}: nobody can cancel just now")
    table.update(code, add={"left": 1}, remove=[note], when={note: EXISTS})
