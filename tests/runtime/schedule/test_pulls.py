"""Pulls: windows follow each other, pages land one by one, and the cursor moves with what has landed."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.environment import CheckpointSettings
from functions.contract.state import checkpoint_key
from functions.contract.ticks import parse_time
from functions.runtime import Page, Permanent, Run, Tick
from functions.runtime.partiql import to_attribute
from tests.runtime.fakes import BUFFER, STATE
from tests.runtime.schedule.pulls import CHECKPOINT, Schedule, Source, options, pulling

START = parse_time(CHECKPOINT.initial) // 60 - 5
CATCH_UP = options(missed_run="catch_up")


def until(hour: int) -> set[int]:
    return set(range(START, parse_time(f"2026-11-21T{hour:02}:00:00Z") // 60))


def test_windows_follow_each_other_with_their_overlap() -> None:
    source = Source(size=10_000)
    world = pulling(source)
    for hour in ("01:00", "02:00"):
        world.tick(hour)
        world.drain()
    assert source.windows == [
        ("2026-11-19T23:55:00+00:00", "2026-11-21T01:00:00+00:00"),
        ("2026-11-21T00:55:00+00:00", "2026-11-21T02:00:00+00:00"),
    ]
    assert world.cursor()["value"] == "2026-11-21T02:00:00Z"


def test_each_page_is_a_run_of_its_own_and_the_cursor_moves_with_the_last() -> None:
    world = pulling(Source(size=500))
    world.tick("01:00")
    places = []
    while world.sqs.queue(BUFFER):
        world.deliver()
        places.append(world.cursor()["value"])
    assert places == [CHECKPOINT.initial, CHECKPOINT.initial, CHECKPOINT.initial, "2026-11-21T01:00:00Z"]
    assert sorted(world.minutes()) == sorted(until(1))
    assert world.turns()["queue"] == []


def test_a_failed_page_retries_alone() -> None:
    tries: Counter[str | None] = Counter()
    source = Source(size=500)

    def pull(tick: Tick, run: Run) -> Page:
        tries[tick.token] += 1
        if tick.page == 2 and run.attempt == 1:
            raise ConnectionError("reset")
        return source.pull(tick, run)

    world = Schedule(pull, checkpoint=CHECKPOINT)
    world.tick("01:00")
    world.drain()
    assert list(tries.values()) == [1, 2, 1, 1]
    assert sorted(world.minutes()) == sorted(until(1))


def test_a_page_that_waits_for_a_dead_worker_s_page_is_received_seldom() -> None:
    world = pulling(Source(size=900))
    world.tick("01:00")
    world.calls.plan = lambda index, name: Fault.KILLED_AFTER if name == "SendMessageBatch" else None
    with pytest.raises(Crash):
        world.deliver()
    world.calls.plan = lambda index, name: None
    early = next(message for message in world.sqs.queue(BUFFER) if message.visible_at <= world.clock.now())
    world.drain()
    assert early.receive_count <= 10
    assert sorted(world.minutes()) == sorted(until(1))


def test_the_handler_may_say_where_the_cursor_stands() -> None:
    seen: list[str | None] = []

    def pull(tick: Tick, run: Run) -> Page:
        seen.append(tick.cursor)
        assert tick.window_start is None
        return Page(cursor=f"change-{len(seen)}")

    world = Schedule(pull, checkpoint=CheckpointSettings("updated_since", "change-0"))
    for hour in ("01:00", "02:00"):
        world.tick(hour)
        world.drain()
    assert seen == ["change-0", "change-1"]
    assert world.cursor()["value"] == "change-2"


def test_a_run_that_is_given_up_leaves_its_window_to_the_next() -> None:
    source, broken = Source(size=10_000), [True]

    def pull(tick: Tick, run: Run) -> Page:
        if broken[0]:
            raise Permanent("gone")
        return source.pull(tick, run)

    world = Schedule(pull, checkpoint=CHECKPOINT)
    world.tick("01:00")
    world.drain()
    broken[0] = False
    world.tick("02:00")
    world.drain()
    assert set(world.minutes()) == until(2)


@pytest.mark.parametrize("answer", ["next", Page])
def test_an_answer_that_is_no_page_is_a_fault_of_the_handler(answer: object) -> None:
    world = Schedule(lambda tick, run: answer, checkpoint=CHECKPOINT)
    world.tick("01:00")
    world.deliver()
    assert world.said("01:00") == ["failed TypeError"]


def test_a_cursor_that_was_set_by_hand_stays_where_it_was_put() -> None:
    world = pulling(Source(size=1000))
    world.tick("01:00")
    world.deliver()
    key = checkpoint_key("shop-orders", "updated_since")
    put = {"value": "2026-01-01T00:00:00Z", "moved_by": 0, "revision": 9}
    world.dynamodb.tables[STATE][key] |= {"about": to_attribute(json.dumps(put)), "rev_no": to_attribute(50)}
    world.drain()
    assert world.cursor()["value"] == "2026-01-01T00:00:00Z"
    assert any(entry.error_type == "cursor-set-meanwhile" for entry in world.entries())


def scene() -> Schedule:
    """Two runs of three pages, a missed one between them."""
    world = pulling(Source(size=900), source_options=CATCH_UP)
    world.tick("01:00")
    world.drain()
    world.tick("03:00")
    return world


def assert_whole(world: Schedule) -> None:
    succeeded = Counter(entry.run_token for entry in world.entries() if entry.status.value == "succeeded")
    assert set(succeeded.values()) == {1}
    landed = Counter((json.loads(line)["run"], json.loads(line)["minute"]) for line in world.landed())
    assert set(landed.values()) == {1}
    assert {minute for _, minute in landed} >= until(3)
    assert world.cursor()["value"] == "2026-11-21T03:00:00Z" or world.cursor()["proposed"] == "2026-11-21T03:00:00Z"
    assert world.dead_letters() == []


def calls() -> int:
    world = scene()
    world.calls.names.clear()
    world.drain()
    return len(world.calls.names)


@pytest.mark.parametrize("fault", list(Fault))
def test_a_fault_at_any_call_loses_nothing_and_repeats_no_completed_page(fault: Fault) -> None:
    for index in range(calls()):
        world = scene()
        world.calls.names.clear()
        world.calls.plan = at(index, fault)
        world.drain()
        assert_whole(world)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*Fault, None, None, None, None]), max_size=60))
def test_whatever_fails_and_when_every_minute_lands_once_a_run(faults: list[Fault | None]) -> None:
    world = pulling(Source(size=900), source_options=CATCH_UP)
    world.tick("01:00")
    plan = iter(faults)
    world.calls.plan = lambda index, name: next(plan, None)
    world.drain()
    world.tick("02:00")
    world.drain()
    world.calls.plan = lambda index, name: None
    world.tick("23:00")
    world.drain()
    succeeded = Counter(entry.run_token for entry in world.entries() if entry.status.value == "succeeded")
    assert set(succeeded.values()) == {1}
    assert set(world.minutes()) >= until(1)
