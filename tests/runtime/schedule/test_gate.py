"""Whose turn it is: overlaps are refused, what was missed is caught up or noted, and nobody blocks for ever."""

from __future__ import annotations

import json

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.message import REPLAY, Replay
from functions.contract.ticks import TickMessage, parse_time
from functions.runtime import Recoverable, Run, Tick
from tests.runtime.fakes import BUFFER
from tests.runtime.schedule.pulls import Schedule, land, options

CATCH_UP = options(missed_run="catch_up")


def test_a_tick_runs_with_its_time_and_its_input() -> None:
    seen: list[Tick] = []
    world = Schedule(lambda tick, run: seen.append(tick))
    world.tick("01:00", input={"mode": "full"})
    world.drain()
    (tick,) = seen
    assert (tick.scheduled_at.isoformat(), tick.input, tick.page) == ("2026-11-21T01:00:00+00:00", {"mode": "full"}, 1)
    assert world.said("01:00") == ["succeeded"]
    assert world.turns()["queue"] == []


def test_a_tick_that_comes_twice_runs_once() -> None:
    world = Schedule()
    for _ in range(2):
        world.tick("01:00")
        world.drain()
    assert world.said("01:00") == ["succeeded", "duplicate"]
    assert len(world.landed()) == 1


def failing_first(tick: Tick, run: Run) -> None:
    if run.attempt == 1:
        raise Recoverable("later")
    land(tick, run)


def test_a_tick_is_skipped_while_a_run_is_in_progress() -> None:
    world = Schedule(failing_first)
    world.tick("01:00")
    world.deliver()
    world.sqs.put(BUFFER, TickMessage(scheduled_at=parse_time("2026-11-21T02:00:00Z")).to_text())
    world.deliver()
    world.drain()
    assert world.said("02:00") == ["skipped overlap"]
    assert world.said("01:00") == ["failed Recoverable", "succeeded"]
    world.tick("03:00")
    world.drain()
    assert "succeeded" in world.said("03:00")


def test_runs_may_overlap_where_that_is_allowed() -> None:
    world = Schedule(failing_first, source_options=options(overlap="allow"))
    world.tick("01:00")
    world.deliver()
    world.sqs.put(BUFFER, TickMessage(scheduled_at=parse_time("2026-11-21T02:00:00Z")).to_text())
    world.deliver()
    world.drain()
    assert [world.said(hour)[-1] for hour in ("01:00", "02:00")] == ["succeeded", "succeeded"]


def test_a_run_whose_worker_died_does_not_block_for_ever() -> None:
    world = Schedule()
    world.tick("01:00")
    world.calls.plan = at(4, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.deliver()
    (lost,) = world.sqs.queue(BUFFER)
    lost.visible_at += 20_000
    world.calls.plan = lambda index, name: None
    world.tick("03:00")
    world.deliver()
    assert "succeeded" in world.said("03:00")
    world.drain()
    assert world.said("01:00") == ["succeeded"], "it comes back, waits for its turn and runs"


def test_nothing_runs_on_a_holiday() -> None:
    world = Schedule(source_options=options(holidays=["2026-11-21"]))
    world.tick("01:00")
    world.drain()
    assert world.said("01:00") == ["skipped holiday"]
    assert world.landed() == []


def test_a_holiday_is_that_of_the_schedule_s_own_time_zone() -> None:
    world = Schedule(source_options=options(holidays=["2026-11-21"], timezone="Pacific/Auckland"))
    world.tick("12:00")
    world.drain()
    assert world.said("12:00") == ["succeeded"]


def test_missed_ticks_are_noted_once_each() -> None:
    world = Schedule()
    for hour in ("01:00", "04:00", "05:00"):
        world.tick(hour)
        world.drain()
    assert [world.said(hour) for hour in ("02:00", "03:00")] == [["skipped missed"]] * 2
    assert len(world.landed()) == 3


def test_missed_ticks_are_caught_up_in_order_before_the_newest() -> None:
    world = Schedule(source_options=CATCH_UP)
    for hour in ("01:00", "04:00"):
        world.tick(hour)
        world.drain()
    hours = [json.loads(line)["at"][11:13] for line in world.landed()]
    assert hours == ["01", "02", "03", "04"]


def test_more_than_a_day_of_missed_hours_is_caught_up_from_its_end() -> None:
    world = Schedule(source_options=CATCH_UP)
    early = parse_time("2026-11-19T00:00:00Z")
    world.sqs.put(BUFFER, TickMessage(scheduled_at=early).to_text())
    world.drain()
    world.tick("00:00")
    world.drain()
    assert len(world.landed()) == 1 + 24 + 1
    assert [entry.error_type for entry in world.entries() if entry.status.value == "skipped"] == ["missed"] * 23


def test_a_schedule_that_was_changed_has_missed_nothing() -> None:
    world = Schedule()
    world.tick("01:00")
    world.drain()
    world.settings.source_options["expression"] = "rate(5 minutes)"
    world.tick("04:00")
    world.drain()
    assert world.statuses() == ["succeeded", "succeeded"]


def test_a_time_zone_that_was_changed_has_missed_nothing() -> None:
    world = Schedule()
    world.tick("01:00")
    world.drain()
    world.settings.source_options["timezone"] = "Asia/Kolkata"
    world.tick("04:30")
    world.drain()
    assert world.statuses() == ["succeeded", "succeeded"]


def test_nothing_was_missed_before_the_start() -> None:
    world = Schedule(source_options=options(missed_run="catch_up", start="2026-11-21T03:00:00Z"))
    for hour in ("00:00", "04:00"):
        world.tick(hour)
        world.drain()
    assert [json.loads(line)["at"][11:13] for line in world.landed()] == ["00", "03", "04"]


def test_an_outage_of_weeks_catches_up_the_latest_runs_and_not_those_after_its_begin() -> None:
    world = Schedule(source_options=options(expression="cron(0/15 * * * ? *)", missed_run="catch_up"))
    world.sqs.put(BUFFER, TickMessage(scheduled_at=parse_time("2026-11-01T00:00:00Z")).to_text())
    world.drain()
    world.tick("06:00")
    world.drain(rounds=2000)
    caught = [json.loads(line)["at"] for line in world.landed()][1:-1]
    assert (caught[0], caught[-1], len(caught)) == ("2026-11-21T00:00:00+00:00", "2026-11-21T05:45:00+00:00", 24)
    missed = [entry for entry in world.entries() if entry.status.value == "skipped"]
    assert len(missed) == 1000 - 24


def test_a_rate_that_was_switched_off_and_on_goes_on_at_other_minutes() -> None:
    world = Schedule(source_options=options(expression="rate(60 minutes)"))
    for minute in ("01:00", "02:00", "03:20", "04:20"):
        world.tick(minute)
        world.drain()
    assert world.statuses() == ["succeeded"] * 4


def test_a_tick_that_is_older_than_the_newest_and_was_never_seen_is_missed() -> None:
    world = Schedule(source_options=options(overlap="forbid"))
    world.tick("05:00")
    world.drain()
    world.tick("04:00")
    world.drain()
    assert world.said("04:00") == ["skipped missed"]
    assert (len(world.landed()), world.turns()["last"]) == (1, parse_time("2026-11-21T05:00:00Z"))


def test_a_tick_in_the_hands_of_a_second_runner_is_skipped_while_the_first_one_is_at_work() -> None:
    worlds: list[Schedule] = []

    def handle(tick: Tick, run: Run) -> None:
        if tick.scheduled_at.hour == 1:
            second = TickMessage(scheduled_at=parse_time("2026-11-21T02:00:00Z"))
            worlds[0].sqs.put(BUFFER, second.to_text())
            worlds[0].deliver()
        land(tick, run)

    world = Schedule(handle, source_options=CATCH_UP)
    worlds.append(world)
    world.tick("01:00")
    world.drain()
    assert world.said("01:00") == ["succeeded"]
    assert world.said("02:00") == ["skipped overlap"]


def test_a_given_up_run_frees_the_turn_and_can_be_replayed() -> None:
    down = [True]

    def handle(tick: Tick, run: Run) -> None:
        if down[0]:
            raise Recoverable("down")
        land(tick, run)

    world = Schedule(handle)
    world.tick("01:00")
    world.drain()
    assert world.said("01:00")[-1] == "dead_lettered Recoverable"
    assert world.turns()["queue"] == []
    down[0] = False
    world.tick("02:00")
    world.drain()
    (letter,) = world.dead_letters()
    sign = Replay(parent_run_id="x", replayed_by="me", replayed_at="now").to_json()
    world.sqs.put(BUFFER, letter.body, {REPLAY: {"DataType": "String", "StringValue": sign}})
    world.drain()
    assert world.said("01:00")[-1] == "succeeded"


def test_what_is_no_tick_is_quarantined() -> None:
    world = Schedule()
    world.send({"scheduled_at": "tomorrow"}, {"input": {}}, "[]", {"scheduled_at": "2026-11-21T01:00:00Z", "page": -1})
    world.drain()
    assert world.statuses() == ["quarantined"] * 4
