"""Clocks that differ, time that runs out, and what both cost a record."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from functions.contract.ledger import Status
from functions.runtime.backoff import MAX_VISIBILITY, visibility
from tests.runtime.fakes import BUFFER, World, put

if TYPE_CHECKING:
    from functions.runtime import Run


def again(world: World) -> list[dict[str, Any]]:
    for message in world.sqs.queue(BUFFER):
        message.receive_count += 1
    return [message.to_record() for message in world.sqs.queue(BUFFER)]


def test_a_worker_whose_clock_is_ahead_takes_a_live_claim_and_still_one_effect_is_recorded() -> None:
    runs: list[str] = []

    def handler(order: Any, run: Run) -> None:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(3600)
            world.invoke(again(world))
            world.clock.advance(-3600)
        put(order, run)

    world = World(handler)
    world.send({"order_id": "o-1"})
    assert world.deliver() == {"batchItemFailures": []}
    assert len(runs) == 2
    assert world.statuses() == ["duplicate", "succeeded"]
    assert len(world.landed()) == 1


def test_a_worker_whose_clock_is_behind_waits_no_longer_than_sqs_allows() -> None:
    def handler(order: Any, run: Run) -> None:
        world.clock.advance(-100 * 3600)
        world.invoke(again(world))
        world.clock.advance(100 * 3600)
        put(order, run)

    world = World(handler)
    (message,) = world.send({"order_id": "o-1"})
    world.deliver()
    assert world.sqs.delays[message.id] <= MAX_VISIBILITY - 1200
    assert world.statuses() == ["succeeded"]


def test_a_delay_leaves_room_for_the_batching_window_and_the_run_before_it() -> None:
    assert visibility(10**9) + 300 + 900 == MAX_VISIBILITY


def deliver_shuffled(world: World, seed: int) -> None:
    shuffle = random.Random(seed).shuffle
    while world.sqs.queue(BUFFER):
        shuffle(world.sqs.queue(BUFFER))
        soonest = min(message.visible_at for message in world.sqs.queue(BUFFER))
        world.clock.advance(max(0.0, soonest - world.clock.now()) + 0.001)
        world.deliver(10)


def test_time_that_runs_out_in_every_batch_sends_no_healthy_record_to_the_dead_letter_queue() -> None:
    """Three of ten fit; without those first that were received most often, one in fourteen is never tried."""

    def handler(order: Any, run: Run) -> None:
        world.clock.advance(8 / 3)
        put(order, run)

    world = World(handler, timeout=10)
    world.send(*({"order_id": f"o-{number}"} for number in range(200)))
    deliver_shuffled(world, seed=1)
    assert world.dead_letters() == []
    assert len(world.landed()) == 200


def test_those_received_most_often_come_first_and_all_others_in_their_order() -> None:
    seen: list[str] = []
    world = World(lambda order, run: seen.append(order["order_id"]))
    messages = world.send(*({"order_id": f"o-{number}"} for number in range(40)))
    messages[30].receive_count = 2
    messages[35].receive_count = 3
    world.deliver(100)
    assert seen[:4] == ["o-35", "o-30", "o-0", "o-1"]
    assert len(seen) == 40


def test_a_batch_of_ten_thousand_ends_in_time_and_loses_nothing() -> None:
    def handler(order: Any, run: Run) -> None:
        world.clock.advance(0.001)
        put(order, run)

    world = World(handler, timeout=3)
    starts = world.clock.now()
    slow = {"BatchExecuteStatement": 0.01, "PutObject": 0.02, "ChangeMessageVisibilityBatch": 0.005}
    world.calls.plan = lambda index, name: world.clock.advance(slow[name])
    world.send(*({"order_id": f"o-{number}"} for number in range(10_000)))
    left = len(world.deliver(10_000)["batchItemFailures"])
    assert world.clock.now() - starts < world.timeout
    assert 0 < left < 10_000
    assert len(world.entries(Status.SUCCEEDED)) == 10_000 - left == len(world.landed())
    assert len(world.sqs.queue(BUFFER)) == left
