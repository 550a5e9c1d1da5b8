"""Cron expressions as EventBridge Scheduler reads them: six fields, in a time zone, to the minute.

Source: EventBridge Scheduler user guide, "Schedule types". Where clocks go forward, a time that does not exist is
skipped; where they go back, a time that comes twice runs once.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

FIRST_YEAR, LAST_YEAR = 1970, 2199
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
SATURDAY, SUNDAY = 6, 7
"""Days of the week in ISO's count, in which Monday is 1; in a cron expression Sunday is 1."""


class CronError(ValueError):
    """One field that cannot be read: its name, what stands there and what may."""

    def __init__(self, field: str, found: str, allowed: str) -> None:
        """Keep the words of the fault."""
        super().__init__(f"{field} {found!r}: {allowed}")
        self.field = field
        self.found = found
        self.allowed = allowed


@dataclass(frozen=True)
class Field:
    """One field of numbers, which may have names."""

    name: str
    first: int
    last: int
    names: tuple[str, ...] = ()
    more: str = ""
    """What else may stand in the field."""

    @property
    def allowed(self) -> str:
        """What may stand here."""
        named = f" or {self.names[0]}-{self.names[-1]}" if self.names else ""
        return f"{self.first}-{self.last}{named}, with * , - /{self.more}"

    def values(self, text: str) -> frozenset[int]:
        """Return the numbers of a list such as ``1,5-9,0/15``.

        Raises:
            CronError: the text is no such list.
        """
        return frozenset(value for part in text.split(",") for value in self._range(part, text))

    def number(self, text: str, whole: str) -> int:
        """Return one number or name; raises ``CronError`` that shows the ``whole`` field."""
        if text in self.names:
            return self.names.index(text) + self.first
        if not re.fullmatch(r"[0-9]{1,4}", text) or not self.first <= int(text) <= self.last:
            raise CronError(self.name, whole, self.allowed)
        return int(text)

    def _range(self, part: str, whole: str) -> range:
        span, slash, step = part.partition("/")
        if slash and not re.fullmatch(r"[1-9][0-9]{0,3}", step):
            raise CronError(self.name, whole, "a step from 1 after /")
        low, dash, high = span.partition("-")
        start = self.first if span == "*" else self.number(low, whole)
        end = self.number(high, whole) if dash else self.last if slash or span == "*" else start
        if end < start:
            raise CronError(self.name, whole, f"a range that goes up; {part} goes down")
        return range(start, end + 1, int(step or 1))


MINUTE, HOUR, MONTH = Field("minutes", 0, 59), Field("hours", 0, 23), Field("month", 1, 12, MONTHS)
DAY = Field("day of month", 1, 31, more=" ? L W")
WEEKDAY = Field("day of week", 1, 7, WEEKDAYS, more=" ? L #")
YEAR = Field("year", FIRST_YEAR, LAST_YEAR)
FIELDS = "minutes hours day-of-month month day-of-week year"


@dataclass(frozen=True)
class Cron:
    """A cron expression that was read; days of month and week stay as they were written, in upper case."""

    minutes: frozenset[int]
    hours: frozenset[int]
    day: str
    months: frozenset[int]
    weekday: str
    years: frozenset[int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read six fields.

        Raises:
            CronError: a field cannot be read, or no day fits all of them.
        """
        parts = text.upper().split()
        if len(parts) != len(FIELDS.split()):
            raise CronError("cron", text, f"six fields: {FIELDS}")
        minutes, hours, day, months, weekday, years = parts
        if (day == "?") == (weekday == "?"):
            raise CronError("day of month and day of week", f"{day} {weekday}", "? in exactly one of the two")
        values = (MINUTE.values(minutes), HOUR.values(hours), MONTH.values(months), YEAR.values(years))
        cron = cls(values[0], values[1], day, values[2], weekday, values[3])
        cron._matching(2024, 2)
        if not any(cron._matching(year, month) for year in _examples(cron.years) for month in cron.months):
            raise CronError("day of month", f"{day} in month {months}", "a day that some month has")
        return cron

    def after(self, moment: datetime, zone: tzinfo) -> Iterator[datetime]:
        """Yield the times in UTC that come after a moment, until the last year."""
        local = moment.astimezone(zone)
        earliest = local.date() - timedelta(days=1)
        for year in range(max(earliest.year, FIRST_YEAR), LAST_YEAR + 1):
            for month in sorted(self.months) if year in self.years else ():
                if (year, month) >= (earliest.year, earliest.month):
                    for day in self._matching(year, month):
                        yield from (at for at in self._times(date(year, month, day), zone) if at > moment)

    def _times(self, day: date, zone: tzinfo) -> Iterator[datetime]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
                in_utc = at.astimezone(UTC)
                if in_utc.astimezone(zone).replace(tzinfo=None) == at.replace(tzinfo=None):
                    yield in_utc

    def _matching(self, year: int, month: int) -> list[int]:
        """Return the days of a month, in order."""
        days = range(1, calendar.monthrange(year, month)[1] + 1)
        if self.day == "?":
            return _by_weekday(self.weekday, year, month, days)
        if self.day == "L":
            return [days[-1]]
        if self.day.endswith("W"):
            wanted = DAY.number(self.day[:-1], self.day)
            return [_nearest_workday(year, month, wanted, len(days))] if wanted <= len(days) else []
        wished = DAY.values(self.day)
        return [day for day in days if day in wished]


def _by_weekday(text: str, year: int, month: int, days: range) -> list[int]:
    if text == "L":
        text = "7"
    if text.endswith("L"):
        wanted = _iso(WEEKDAY.number(text[:-1], text))
        return [day for day in days[-7:] if date(year, month, day).isoweekday() == wanted]
    if "#" in text:
        name, _, nth = text.partition("#")
        wanted = _iso(WEEKDAY.number(name, text))
        if not re.fullmatch("[1-5]", nth):
            raise CronError(WEEKDAY.name, text, "one of the weeks 1-5 after #")
        found = [day for day in days if date(year, month, day).isoweekday() == wanted]
        return found[int(nth) - 1 : int(nth)]
    wished = {_iso(number) for number in WEEKDAY.values(text)}
    return [day for day in days if date(year, month, day).isoweekday() in wished]


def _iso(weekday: int) -> int:
    return weekday - 1 or SUNDAY


def _nearest_workday(year: int, month: int, day: int, last: int) -> int:
    """Return the day itself or the workday next to it, in the same month."""
    weekday = date(year, month, day).isoweekday()
    if weekday == SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == SUNDAY:
        return day + 1 if day < last else day - 2
    return day


def _examples(years: frozenset[int]) -> list[int]:
    """Return years enough to see every month as it can be: the calendar repeats after 28 years of a century."""
    return sorted(years)[:40]
