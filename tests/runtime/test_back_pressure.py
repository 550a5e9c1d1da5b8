"""Back pressure at run time: a dependency that is down costs no retries, and everything lands once it is back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Fault, always
from functions.contract.environment import BackPressureSettings
from functions.contract.ledger import Status
from functions.runtime import Permanent, Recoverable, Run, Throttled
from functions.runtime.back_pressure.breaker import Breaker, Phase
from functions.runtime.back_pressure.breakers import StoredBreakers
from functions.runtime.back_pressure.state_items import PartiqlStateItems
from tests.runtime.fakes import STATE, World, put

CONTROL = "https://queue/control"
THRESHOLD = 5


def declared(**changes: Any) -> BackPressureSettings:
    values: dict[str, Any] = {
        "dependency": "crm",
        "failure_threshold": THRESHOLD,
        "recovery_timeout_seconds": 30,
        "action": "slow",
        "counts": "handler",
        "control_url": CONTROL,
        **changes,
    }
    return BackPressureSettings(**values)


class Crm:
    """A dependency that is down until ``back_at``, and what it was asked."""

    def __init__(self, error: Exception | None = None, **changes: Any) -> None:
        self.error = error or Recoverable("503")

        def ask(order: Any, run: Run) -> None:
            self.ask(order, run)

        self.world = World(ask, back_pressure=declared(**changes))
        self.back_at = self.world.clock.now() + 3600
        self.asked = 0

    def ask(self, order: Any, run: Run) -> None:
        self.asked += 1
        if self.world.clock.now() < self.back_at:
            raise self.error
        run.outputs.raw.put(order)

    def until_quiet(self, size: int, rounds: int = 5000) -> None:
        queue = self.world.sqs.queue(self.world.buffer)
        for _ in range(rounds):
            if not queue:
                return
            soonest = min(message.visible_at for message in queue)
            self.world.clock.advance(max(0.0, soonest - self.world.clock.now()) + 0.001)
            self.world.deliver(size)
        raise AssertionError("the buffer is never empty")


def breaker(world: World) -> Breaker:
    return StoredBreakers(PartiqlStateItems(lambda: world.dynamodb, STATE)).read("crm")


def orders(count: int) -> list[dict[str, str]]:
    return [{"order_id": f"o-{number}"} for number in range(count)]


def test_a_good_batch_costs_one_read_and_no_write_more() -> None:
    plain, pressed = World(put), World(put, back_pressure=declared())
    for world in (plain, pressed):
        world.send(*orders(10))
        world.deliver()
    assert pressed.calls.names == ["BatchGetItem", *plain.calls.names]
    assert pressed.dynamodb.write_units == plain.dynamodb.write_units


def test_the_breaker_opens_within_a_batch_and_the_rest_goes_back_untried() -> None:
    crm = Crm()
    crm.world.send(*orders(10))
    crm.world.deliver()
    assert crm.asked == THRESHOLD
    assert breaker(crm.world).phase is Phase.OPEN
    assert [entry.status for entry in crm.world.entries()] == [Status.FAILED] * THRESHOLD
    untried = crm.world.sqs.queue(crm.world.buffer)[THRESHOLD:]
    assert all(37 <= message.visible_at - crm.world.clock.now() <= 38 for message in untried)


def test_an_open_breaker_is_felt_by_a_worker_of_another_pipeline_without_a_claim() -> None:
    crm = Crm()
    crm.world.send(*orders(THRESHOLD))
    crm.world.deliver()
    crm.world.send(*orders(20)[10:])
    before = crm.world.dynamodb.write_units
    crm.world.deliver()
    assert crm.asked == THRESHOLD
    assert crm.world.dynamodb.write_units == before
    assert crm.world.deliver() == {"batchItemFailures": []}


def test_one_record_probes_and_the_others_wait() -> None:
    crm = Crm()
    crm.world.send(*orders(10))
    crm.world.deliver()
    crm.world.clock.advance(40)
    crm.world.deliver()
    assert crm.asked == THRESHOLD + 1
    assert breaker(crm.world).interval == 60_000


def test_a_probe_that_succeeds_closes_the_breaker() -> None:
    crm = Crm()
    crm.world.send(*orders(10))
    crm.world.deliver()
    crm.back_at = crm.world.clock.now()
    crm.world.clock.advance(40)
    crm.world.deliver()
    assert breaker(crm.world).closed
    assert len(crm.world.landed()) == 1
    crm.until_quiet(10)
    assert len(crm.world.landed()) == 10


@pytest.mark.parametrize("error", [Permanent("no such customer"), KeyError("customer")])
def test_what_does_not_point_at_the_dependency_never_counts(error: Exception) -> None:
    crm = Crm(error)
    crm.world.send(*orders(10))
    crm.world.deliver()
    assert crm.asked == 10
    assert breaker(crm.world) == Breaker()


@pytest.mark.parametrize("error", [Recoverable("503"), Throttled("429"), ConnectionError("refused")])
def test_what_points_at_the_dependency_counts(error: Exception) -> None:
    crm = Crm(error, failure_threshold=1)
    crm.world.send(*orders(1))
    crm.world.deliver()
    assert breaker(crm.world).phase is Phase.OPEN


def test_a_poison_record_as_probe_lets_the_next_one_probe_at_once() -> None:
    crm = Crm()
    crm.world.send(*orders(6))
    crm.world.deliver()
    crm.error = Permanent("poison")
    crm.world.clock.advance(40)
    crm.world.deliver(1)
    state = breaker(crm.world)
    assert (state.phase, state.interval) == (Phase.OPEN, 30_000)
    assert state.probe_due(int(crm.world.clock.now() * 1000))


def test_a_prober_that_dies_is_followed_by_another() -> None:
    crm = Crm()
    crm.world.send(*orders(THRESHOLD))
    crm.world.deliver()
    pressure = crm.world.services().pressure
    assert pressure is not None
    crm.world.clock.advance(31)
    now = int(crm.world.clock.now() * 1000)
    assert pressure.probe("dead", now + 30_000)
    assert not pressure.probe("early", now + 60_000)
    crm.world.clock.advance(30)
    assert pressure.probe("next", now + 90_000)


def test_landing_counts_where_the_dependency_is_behind_an_output() -> None:
    world = World(put, back_pressure=declared(counts="landing", failure_threshold=2))
    world.calls.plan = always("PutObject")
    world.send(*orders(2))
    world.deliver(1)
    world.deliver(1)
    assert breaker(world).phase is Phase.OPEN
    world.calls.plan = lambda index, name: None
    world.until_quiet()
    assert breaker(world).closed
    assert len(world.landed()) == 2
    assert world.dead_letters() == []


def test_a_state_table_that_does_not_answer_leaves_the_gate_as_it_was() -> None:
    world = World(put, back_pressure=declared())
    world.send(*orders(3))
    world.calls.plan = lambda index, name: Fault.REFUSED if index == 0 else None
    world.deliver()
    assert len(world.landed()) == 3
    assert any(line["message"] == "breaker not reached" for line in world.logged())


def test_control_is_told_once_for_all_workers_and_again_when_it_does_not_answer() -> None:
    crm = Crm()
    crm.world.send(*orders(10))
    crm.world.deliver()
    crm.world.send(*orders(30)[10:])
    crm.world.deliver()
    crm.world.deliver()
    assert len(crm.world.control_messages()) == 1
    crm.world.clock.advance(61)
    crm.world.deliver()
    assert len(crm.world.control_messages()) == 2


@hypothesis_settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 40), size=st.integers(1, 10), threshold=st.integers(1, 5), down=st.integers(1, 3600))
def test_an_outage_costs_no_attempt_beyond_those_that_opened_the_breaker(
    count: int, size: int, threshold: int, down: int
) -> None:
    crm = Crm(failure_threshold=threshold)
    crm.back_at = crm.world.clock.now() + down
    crm.world.send(*orders(count))
    crm.until_quiet(size)
    assert crm.world.dead_letters() == []
    assert len(crm.world.landed()) == count
    lost = sum(entry.attempt - 1 for entry in crm.world.entries(Status.SUCCEEDED))
    assert lost <= threshold - 1
    probes = 8
    assert len(crm.world.entries(Status.FAILED)) <= threshold + probes


@pytest.mark.parametrize("text", ["no json", "[]", "{}", '{"phase": "melted"}', "5"])
def test_a_breaker_that_cannot_be_read_holds_nobody_up_and_is_told(text: str) -> None:
    world = World(back_pressure=declared())
    items = PartiqlStateItems(lambda: world.dynamodb, STATE)
    items.insert(("dependency#crm", "breaker"), {"version": 1, "about": text})
    world.send({"order_id": "o-1"})
    world.deliver()
    assert world.statuses() == ["succeeded"]
    assert "breaker not reached" in world.log.getvalue()


def test_a_record_that_waits_for_a_dependency_that_never_comes_back_is_given_up_before_the_queue_forgets_it() -> None:
    crm = Crm()
    crm.back_at = float("inf")
    kept = 4 * 86_400
    retry = replace(crm.world.settings.retry, keep_seconds=kept, max_receive_count=1000)
    crm.world.settings = replace(crm.world.settings, retry=retry)
    crm.world.sqs.redrive = {crm.world.buffer: (crm.world.dlq, 1000)}
    sent_at = crm.world.clock.now()
    crm.world.send(*orders(3))
    crm.until_quiet(10)
    assert len(crm.world.dead_letters()) == 3
    assert 0.9 * kept <= crm.world.clock.now() - sent_at < kept
    assert len(crm.world.entries(Status.DEAD_LETTERED)) == 3
