"""When a schedule begins its next runs, within its start, its end and its calendar."""

from __future__ import annotations

from itertools import islice, takewhile
from typing import TYPE_CHECKING

from functions.contract.ticks import LATEST, Timetable, parse_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.resources import SchedulePlan

SHOWN = 5
MOST_DAYS_OFF = 1000
"""Times in a row that are looked at although nothing runs at them."""


def next_runs(plan: SchedulePlan, now: int, known: int | None = None, count: int = SHOWN) -> list[int]:
    """Return the next runs in seconds since 1970, at most ``count``.

    Args:
        plan: the schedule.
        now: what comes after it is next.
        known: one run of a rate, whose others come so many minutes later; a rate that has neither that nor a start
            runs from its deployment on, and has no times before.
        count: how many are wanted.
    """
    timetable = Timetable(plan.expression, plan.timezone)
    end = parse_time(plan.end) if plan.end else LATEST
    times = takewhile(lambda at: at < end, _after(plan, timetable, now, known))
    working = (at for at in islice(times, MOST_DAYS_OFF) if timetable.day(at) not in plan.holidays)
    return list(islice(working, count))


def _after(plan: SchedulePlan, timetable: Timetable, now: int, known: int | None) -> Iterator[int]:
    start = parse_time(plan.start) if plan.start else None
    if timetable.step is None:
        return timetable.after(now if start is None else max(now, start - 1))
    first = start if known is None else known
    if first is None:
        return iter(())
    gone = (now - first) // timetable.step if now >= first else -1
    return timetable.after(first + gone * timetable.step)
