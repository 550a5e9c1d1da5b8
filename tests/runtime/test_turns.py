"""One tenant that sends far more than its share does not make the others wait for its backlog."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

from benchmarks.fairness.line import BATCH, HANDLING, PATIENCE, ROUND, Line, mixed
from functions.contract.environment import TenantSettings
from functions.contract.ledger import Status
from functions.runtime.turns import HELD_BACK, OLDEST
from tests.runtime.fakes import World

if TYPE_CHECKING:
    from collections.abc import Sequence


def worst(queue: Line) -> float:
    return queue.quiet_waits()[-1]


def test_the_tenants_of_a_batch_take_turns() -> None:
    queue = Line()
    queue.send(["a"] * 6 + ["b"] * 3 + ["c"])
    assert queue.deliver() == ["a", "b", "c", "a", "b", "a", "b", "a", "a", "a"]


def test_the_tenant_of_the_record_that_was_received_most_often_begins() -> None:
    queue = Line()
    queue.send(["a", "a", "b"])
    (message,) = (m for m in queue.world.sqs.queue(queue.world.buffer) if '"b"' in m.body)
    message.receive_count = 3
    assert queue.deliver() == ["b", "a", "a"]


def test_a_pipeline_with_one_tenant_keeps_the_order_of_arrival_and_holds_nobody_back() -> None:
    world = World(tenant=TenantSettings(id="only"))
    world.send(*({"order_id": f"o-{number}"} for number in range(30)))
    world.clock.advance(600)
    world.deliver(30)
    assert len(world.landed()) == 30
    assert world.calls.names.count("ChangeMessageVisibilityBatch") == 0


def test_a_tenant_that_is_alone_is_never_held_back_however_long_its_backlog() -> None:
    queue = Line()
    queue.send(["noisy"] * 200)
    queue.world.clock.advance(600)
    assert queue.drain() == pytest.approx(20 * ROUND + 200 * HANDLING)
    assert queue.world.calls.names.count("ChangeMessageVisibilityBatch") == 0


def test_nobody_is_held_back_while_nobody_waits_longer_than_the_patience() -> None:
    queue = Line()
    queue.send(["noisy"] * 9 + ["quiet"])
    assert len(queue.deliver()) == BATCH


def test_quiet_tenants_wait_for_their_own_work_and_not_for_the_backlog_of_a_noisy_one() -> None:
    fair, unfair = Line(), Line(max_share=100)
    for queue in (fair, unfair):
        queue.send(mixed(1000, 10, 10))
        queue.drain()
    assert worst(unfair) > 100
    assert worst(fair) <= bound(noisy=1000, others=100, tenants=11)
    assert worst(fair) < worst(unfair) / 3


def test_quiet_tenants_that_come_after_a_burst_do_not_wait_for_all_of_it() -> None:
    waits = []
    for share in (25, 100):
        queue = Line(max_share=share)
        queue.send(["quiet-0", "quiet-1"])
        queue.deliver()
        queue.send(["noisy"] * 1000 + ["quiet-0", "quiet-1"] * 5)
        queue.drain()
        waits.append(worst(queue))
    fair, unfair = waits
    assert unfair > 100
    assert fair <= bound(noisy=1000, others=10, tenants=3)


def bound(*, noisy: int, others: int, tenants: int) -> float:
    """Return the seconds that docs/tenants.md promises for one worker."""
    share = min(0.25, 1 / tenants)
    tried = max(1, int(share * BATCH))
    batches = math.ceil(noisy / (BATCH - 1))
    return PATIENCE + batches * (ROUND + tried * HANDLING) + others * HANDLING + BATCH * (ROUND + HANDLING)


def test_everything_lands_once_at_its_first_attempt_and_not_much_later() -> None:
    queue = Line()
    queue.send(mixed(1000, 10, 10))
    taken = queue.drain()
    entries = queue.world.entries(Status.SUCCEEDED)
    assert len(entries) == len({entry.run_token for entry in entries}) == 1100
    assert {entry.attempt for entry in entries} == {1}
    assert queue.world.dead_letters() == []
    assert taken <= 1.1 * (1100 * HANDLING + 1100 / BATCH * ROUND)


def test_what_is_held_back_costs_neither_a_claim_nor_an_entry_and_says_so_once_a_batch() -> None:
    queue = Line()
    queue.send(["noisy"] * 9 + ["quiet"])
    queue.world.clock.advance(PATIENCE + 1)
    queue.world.calls.names.clear()
    assert sorted(queue.deliver()) == ["noisy"] * 2 + ["quiet"]
    assert queue.world.calls.names.count("BatchExecuteStatement") == 2
    lines = [line for line in queue.world.logged() if "held_back" in line]
    assert [line["held_back"] for line in lines] == [{"noisy": 7}]
    assert [line for line in queue.world.logged() if line.get("reason") == "over-share"] == []


@pytest.mark.parametrize("kept", ["too old", "last delivery"])
def test_what_could_be_lost_by_waiting_is_never_held_back(kept: str) -> None:
    queue = Line(max_receive_count=100 if kept == "too old" else 1)
    queue.send(["noisy"] * 9 + ["quiet"])
    queue.world.clock.advance(OLDEST + 1 if kept == "too old" else PATIENCE + 1)
    assert len(queue.deliver()) == BATCH


def test_a_tenant_that_was_not_alone_a_moment_ago_loses_one_delay_at_most() -> None:
    queue = Line()
    queue.send(["quiet"])
    queue.deliver()
    queue.send(["noisy"] * 200)
    assert queue.drain() <= 20 * ROUND + 200 * HANDLING + HELD_BACK


def test_many_invented_tenants_do_not_hold_each_other_back_below_one_record_a_batch() -> None:
    queue = Line()
    queue.send(f"made-up-{number}" for number in range(100))
    queue.world.clock.advance(PATIENCE + 1)
    handled: Sequence[str] = [name for _ in range(10) for name in queue.deliver()]
    assert len(set(handled)) == 100
