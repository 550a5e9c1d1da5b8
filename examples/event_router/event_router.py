"""Six functions, each behind a trigger of its own; what each writes down says which of them it was."""

from __future__ import annotations

from typing import Any

from functions.runtime import Run, S3Object, runner


def _note(function: str, event: dict[str, Any], run: Run) -> None:
    run.outputs.raw.put({"function": function, "id": event["id"]})


@runner
def return_taken(event: dict[str, Any], run: Run) -> None:
    """Take a return that a till has sent over HTTP."""
    _note("return_taken", event, run)


@runner
def price_changed(event: dict[str, Any], run: Run) -> None:
    """Take a price that was published on the topic."""
    _note("price_changed", event, run)


@runner
def stock_counted(event: dict[str, Any], run: Run) -> None:
    """Take a count from the queue."""
    _note("stock_counted", event, run)


@runner
def order_placed(event: dict[str, Any], run: Run) -> None:
    """Take an order from the bus."""
    _note("order_placed", event, run)


@runner
def photo_taken(photo: S3Object, run: Run) -> None:
    """Take a photo that was put into the bucket."""
    _note("photo_taken", {"id": photo.key.removeprefix("photos/")}, run)


@runner
def fridge_warm(event: dict[str, Any], run: Run) -> None:
    """Take the reading of a fridge that is too warm."""
    _note("fridge_warm", event, run)
