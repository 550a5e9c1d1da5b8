"""A record that its handler finds wrong is kept in quarantine with the reason, and is not tried again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from functions.contract.ledger import Status
from functions.runtime import Invalid, Run
from tests.runtime.fakes import World, contract


def refuse(order: Any, run: Run) -> None:
    run.outputs.raw.put(order)
    if order["order_id"] == "o-1":
        raise Invalid("no price on line 3")


class Mute(Invalid):
    """A class of a user's own that cannot even say what is wrong."""

    def __str__(self) -> str:
        raise ValueError("nor this")


def refuse_mutely(order: Any, run: Run) -> None:
    raise Mute


def test_a_refused_record_is_quarantined_with_the_reason_and_nothing_of_it_lands() -> None:
    world = World(refuse)
    world.send({"order_id": "o-1"}, {"order_id": "o-2"})
    assert world.deliver() == {"batchItemFailures": []}
    assert [json.loads(line)["order_id"] for line in world.landed()] == ["o-2"]
    (entry,) = world.entries(Status.QUARANTINED)
    assert (entry.error_type, entry.attempt) == ("refused-by-handler", 1)
    (kept,) = (json.loads(line) for line in world.lines(entry))
    assert "no price on line 3" in kept["error"]
    assert json.loads(kept["record"]) == {"order_id": "o-1"}


def test_a_refused_record_that_is_sent_again_is_looked_at_again() -> None:
    world = World(refuse)
    world.send({"order_id": "o-1"})
    world.deliver()
    world.clock.advance(3600)
    world.send({"order_id": "o-1"})
    world.until_quiet()
    assert world.statuses() == ["quarantined", "quarantined"]


def test_where_invalid_records_go_to_the_dead_letters_a_refused_one_goes_there(
    tmp_path: Path,
) -> None:
    (tmp_path / "order.json").write_text(json.dumps({"type": "object"}))
    world = World(refuse, contract=contract(on_invalid="dlq"))
    world.folder = tmp_path
    world.send({"order_id": "o-1"})
    world.deliver()
    assert world.statuses() == ["dead_lettered"]
    assert len(world.dead_letters()) == 1


def test_a_refusal_that_cannot_say_why_takes_no_batch_along() -> None:
    world = World(refuse_mutely)
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert world.statuses() == ["quarantined"]
