"""When schedules run: the calendar of cron expressions, in time zones whose clocks change."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.cron import WEEKDAYS, Cron, CronError
from functions.contract.ticks import TickMessage, Timetable, parse_time, time_text

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def times(cron: str, count: int, start: datetime = BEGIN, zone: str = "UTC") -> list[str]:
    return [at.strftime("%a %Y-%m-%d %H:%M") for at in islice(Cron.parse(cron).after(start, ZoneInfo(zone)), count)]


@pytest.mark.parametrize(
    ("cron", "expected"),
    [
        ("0 10 * * ? *", ["Thu 2026-01-01 10:00", "Fri 2026-01-02 10:00"]),
        ("0/15 * * * ? *", ["Thu 2026-01-01 00:15", "Thu 2026-01-01 00:30"]),
        ("30 8-9 ? * MON-FRI *", ["Thu 2026-01-01 08:30", "Thu 2026-01-01 09:30"]),
        ("0 9 ? * 2 *", ["Mon 2026-01-05 09:00", "Mon 2026-01-12 09:00"]),
        ("0 9 ? * 6L *", ["Fri 2026-01-30 09:00", "Fri 2026-02-27 09:00"]),
        ("0 9 ? * 3#2 *", ["Tue 2026-01-13 09:00", "Tue 2026-02-10 09:00"]),
        ("0 9 ? * L *", ["Sat 2026-01-03 09:00", "Sat 2026-01-10 09:00"]),
        ("0 9 L * ? *", ["Sat 2026-01-31 09:00", "Sat 2026-02-28 09:00"]),
        ("0 9 15W * ? *", ["Thu 2026-01-15 09:00", "Mon 2026-02-16 09:00"]),
        ("0 9 1W 2,8 ? *", ["Mon 2026-02-02 09:00", "Mon 2026-08-03 09:00"]),
        ("0 9 31W 1,5 ? *", ["Fri 2026-01-30 09:00", "Fri 2026-05-29 09:00"]),
        ("0 9 29 2 ? *", ["Tue 2028-02-29 09:00", "Sun 2032-02-29 09:00"]),
        ("0 9 1 JAN ? 2027-2028", ["Fri 2027-01-01 09:00", "Sat 2028-01-01 09:00"]),
    ],
)
def test_an_expression_means_what_the_user_guide_says(cron: str, expected: list[str]) -> None:
    assert times(cron, 2) == expected


def test_an_expression_of_years_that_are_over_never_runs() -> None:
    assert times("0 9 * * ? 2020", 1) == []


def test_a_time_that_does_not_exist_is_skipped_and_one_that_comes_twice_runs_once() -> None:
    dublin = ZoneInfo("Europe/Dublin")
    spring = times("30 1 * * ? *", 2, datetime(2026, 3, 28, 12, tzinfo=dublin), "Europe/Dublin")
    assert spring == ["Mon 2026-03-30 00:30", "Tue 2026-03-31 00:30"], "01:30 is no time on the 29th"
    autumn = times("30 1 * * ? *", 2, datetime(2026, 10, 24, 12, tzinfo=dublin), "Europe/Dublin")
    assert autumn == ["Sun 2026-10-25 00:30", "Mon 2026-10-26 01:30"]


def test_an_hourly_run_has_as_many_hours_as_scheduler_runs_on_the_days_when_clocks_change() -> None:
    timetable = Timetable("cron(0 * * * ? *)", "Europe/Dublin")
    for day, hours in (("2026-03-29", 23), ("2026-10-25", 24)):
        begin = int(datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Dublin")).timestamp())
        end = int(
            (datetime.fromisoformat(day) + timedelta(days=1)).replace(tzinfo=ZoneInfo("Europe/Dublin")).timestamp()
        )
        assert len(timetable.between(begin - 1, end, 100)) == hours


def test_where_clocks_change_by_half_an_hour_or_skip_a_day_times_still_go_up() -> None:
    for zone, day in (("Australia/Lord_Howe", "2026-04-04"), ("Pacific/Apia", "2011-12-29")):
        start = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
        found = list(islice(Cron.parse("0/30 * * * ? *").after(start, ZoneInfo(zone)), 200))
        assert found == sorted(set(found))
    apia = times("0 12 * * ? *", 2, datetime(2011, 12, 29, 13, tzinfo=ZoneInfo("Pacific/Apia")), "Pacific/Apia")
    assert apia == ["Fri 2011-12-30 22:00", "Sat 2011-12-31 22:00"], "the 30th is no day there"


moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
ZONES = st.sampled_from(["UTC", "Europe/Dublin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])


@given(
    cron=st.sampled_from(["0/20 * * * ? *", "30 1 * * ? *", "0 0 L * ? *", "0 9 29 2 ? *", "15 2 ? * SUN#1 *"]),
    zone=ZONES,
    start=moments,
    hours=st.integers(1, 20_000),
    most=st.integers(1, 30),
)
def test_the_latest_times_between_two_moments_are_the_last_of_all(
    cron: str, zone: str, start: datetime, hours: int, most: int
) -> None:
    timetable, first = Timetable(f"cron({cron})", zone), int(start.timestamp())
    last = first + (hours if "20" not in cron else hours % 100 + 1) * 3600
    every = list(takewhile(lambda at: at < last, timetable.after(first)))
    assert timetable.between(first, last, most) == every[-most:]


numbers = st.integers(0, 59)


@given(
    minute=numbers,
    hour=st.integers(0, 23),
    weekday=st.sampled_from(WEEKDAYS),
    start=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
)
def test_a_weekly_run_comes_within_a_week_on_its_day(minute: int, hour: int, weekday: str, start: datetime) -> None:
    first, second = islice(Cron.parse(f"{minute} {hour} ? * {weekday} *").after(start, UTC), 2)
    assert timedelta(0) < first - start <= timedelta(days=7)
    assert second - first == timedelta(days=7)
    assert (first.strftime("%a").upper(), first.hour, first.minute) == (weekday, hour, minute)


def read(text: str) -> Cron | None:
    try:
        return Cron.parse(text)
    except CronError:
        return None


@given(st.text(alphabet="0123456789*?/,-LW#MONJA ", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    cron = read(text)
    found = list(islice(cron.after(BEGIN, UTC), 3)) if cron else []
    assert found == sorted(set(found))


def test_a_rate_goes_on_from_a_tick_and_one_time_comes_once() -> None:
    at = parse_time("2026-11-21T01:00:00Z")
    assert list(islice(Timetable("rate(15 minutes)").after(at), 2)) == [at + 900, at + 1800]
    once = Timetable("at(2026-11-21T03:00:00)", "Europe/Paris")
    assert [time_text(moment) for moment in once.after(at)] == ["2026-11-21T02:00:00Z"]
    assert list(once.after(at + 3600)) == []


NAMES = st.sampled_from(["scheduled_at", "input", "page", "token", "follows", "attempt", "cursor"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.just("2026-11-21T01:30:00Z"),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
)


def ticked(value: object) -> TickMessage | None:
    try:
        return TickMessage.of(value)
    except ValueError:
        return None


@given(JUNK | st.dictionaries(NAMES, JUNK))
def test_any_value_is_a_tick_or_refused(value: object) -> None:
    tick = ticked(value)
    assert tick is None or TickMessage.of(json.loads(tick.to_text())) == tick
