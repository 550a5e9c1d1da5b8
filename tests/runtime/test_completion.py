"""What the ledger says of a record that is done: that it succeeded, or that it was handed over."""

from __future__ import annotations

import pytest

from functions.contract.ledger import Status
from tests.runtime.fakes import World, orders


@pytest.mark.parametrize("completion", [Status.SUCCEEDED, Status.STARTED])
def test_a_record_is_done_once_under_the_word_of_its_function(completion: Status) -> None:
    world = World(completion=completion)
    world.send(*orders(1))
    world.deliver()
    world.send(*orders(1))
    world.deliver()
    assert world.statuses() == sorted([completion.value, "duplicate"])


def test_what_was_only_handed_over_is_not_done_for_whoever_completes_it() -> None:
    starting = World(completion=Status.STARTED)
    completing = starting.beside(starting.handler, World().settings)
    starting.send(*orders(1))
    starting.deliver()
    completing.send(*orders(1))
    completing.until_quiet()
    assert starting.statuses() == ["started", "succeeded"]
