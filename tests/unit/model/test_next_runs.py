"""The next runs of a schedule, within its start, its end and its calendar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.event_sources.schedule import ScheduleSource
from constructs_lib.model.next_runs import next_runs
from functions.contract.ticks import parse_time, time_text
from tests.unit.event_sources.contexts import context

if TYPE_CHECKING:
    from constructs_lib.model.resources import SchedulePlan

NOW = "2026-12-23T12:00:00Z"


def planned(**fields: Any) -> SchedulePlan:
    found = ScheduleSource.model_validate({"type": "schedule", **fields}).contribute(context()).schedule
    assert found is not None
    return found


def runs(plan: SchedulePlan, known: str | None = None) -> list[str]:
    found = next_runs(plan, parse_time(NOW), parse_time(known) if known else None, count=3)
    return [time_text(at)[5:16] for at in found]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cron": "0 12 * * ? *"}, ["12-24T12:00", "12-25T12:00", "12-26T12:00"]),
        ({"cron": "0 12 * * ? *", "timezone": "Asia/Kolkata"}, ["12-24T06:30", "12-25T06:30", "12-26T06:30"]),
        ({"cron": "0 12 * * ? *", "start": "2027-02-01T12:00:00Z"}, ["02-01T12:00", "02-02T12:00", "02-03T12:00"]),
        ({"cron": "0 12 * * ? *", "end": "2026-12-25T12:00:00Z"}, ["12-24T12:00"]),
        ({"cron": "0 12 * * ? 2025"}, []),
        ({"at": "2026-12-24T18:00:00", "timezone": "Europe/Paris"}, ["12-24T17:00"]),
        ({"at": "2026-12-23T12:00:00"}, []),
        ({"rate": "1h"}, []),
        ({"rate": "1h", "start": "2026-12-01T00:07:00Z"}, ["12-23T12:07", "12-23T13:07", "12-23T14:07"]),
        ({"rate": "1h", "start": "2026-12-23T12:00:00Z"}, ["12-23T13:00", "12-23T14:00", "12-23T15:00"]),
        ({"rate": "1h", "start": "2026-12-23T12:30:00Z"}, ["12-23T12:30", "12-23T13:30", "12-23T14:30"]),
    ],
)
def test_the_next_runs_are_those_of_scheduler(fields: dict[str, Any], expected: list[str]) -> None:
    assert runs(planned(**fields)) == expected


def test_a_rate_goes_on_from_a_run_that_is_known() -> None:
    assert runs(planned(rate="25m"), known="2026-12-23T11:50:00Z") == ["12-23T12:15", "12-23T12:40", "12-23T13:05"]


def test_days_of_the_calendar_are_left_out_even_where_nothing_else_is_left() -> None:
    plan = planned(cron="0 12 * * ? *").model_copy(update={"holidays": ("2026-12-25", "2026-12-26")})
    assert runs(plan) == ["12-24T12:00", "12-27T12:00", "12-28T12:00"]
    christmas = planned(cron="0 12 25 12 ? *")
    days = tuple(f"{year}-12-25" for year in range(2026, 2200))
    assert runs(christmas.model_copy(update={"holidays": days})) == []
