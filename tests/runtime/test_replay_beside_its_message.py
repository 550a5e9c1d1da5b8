"""A replay that meets the message whose letter it is: the message is known as given up, and the replay is tried."""

from __future__ import annotations

from typing import Any

from functions.runtime import Permanent, Run
from tests.runtime.fakes import World


def failing_at_first() -> Any:
    failed: list[str] = []

    def handle(order: Any, run: Run) -> None:
        if not failed:
            failed.append(run.token)
            raise Permanent("not yet")
        run.outputs.raw.put(order)

    return handle


def test_the_replay_is_no_duplicate_of_a_message_that_has_landed_nothing() -> None:
    world = World(failing_at_first())
    (message,) = world.send({"order_id": "o-1"})
    assert world.invoke([message.to_record()]) == {"batchItemFailures": []}
    (letter,) = world.dead_letters()
    replay = world.sqs.put(world.buffer, letter.body)
    answer = world.invoke([message.to_record(), replay.to_record()])
    assert [item["itemIdentifier"] for item in answer["batchItemFailures"]] == [replay.id]
    assert world.invoke([replay.to_record()]) == {"batchItemFailures": []}
    assert world.statuses() == ["dead_lettered", "duplicate", "succeeded"]
    assert len(world.landed()) == 1
