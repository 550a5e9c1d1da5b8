"""A span of time that an operator asks for, and the days of the archive that can hold what was recorded in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from constructs_lib.errors import Fault, UserError

STREAM_KEEPS = timedelta(hours=24)
"""How long a stream keeps what was not archived yet (DynamoDB Streams quota): an entry is archived no later."""
_AGO = re.compile(r"([0-9]{1,6})([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Window:
    """From ``since`` on and before ``until``; both in UTC."""

    since: datetime
    until: datetime

    @classmethod
    def of(cls, since: str | None, until: str | None, now: datetime) -> Window:
        """Return the window that two texts name: a time, a day, or how long ago; by default the last 24 hours.

        Raises:
            UserError: ``time-wrong`` or ``window-empty``.
        """
        faults: list[Fault] = []
        begin = _read(since, "--since", now, faults) if since else None
        end = (_read(until, "--until", now, faults) if until else None) or now
        if faults:
            raise UserError(faults)
        begin = begin or end - timedelta(hours=24)
        if begin >= end:
            found = f"from {stamp(begin)} until {stamp(end)}"
            raise UserError.of("window-empty", "--since", found, "a beginning before the end", "swap or widen them")
        return cls(begin, end)

    def archive_days(self, today: datetime) -> tuple[str, ...]:
        """Return the archive's days that can hold entries of the window: an entry is archived late, never early."""
        last = min(self.until + STREAM_KEEPS, today).date()
        first = self.since.date()
        return tuple((first + timedelta(days=after)).isoformat() for after in range((last - first).days + 1))

    def holds(self, recorded_at: str) -> bool:
        """Return whether the ledger's text of a time lies in the window."""
        return stamp(self.since) <= recorded_at < stamp(self.until)


def stamp(time: datetime) -> str:
    """Return a time as the ledger writes it, so that texts compare like times."""
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def utc_now() -> datetime:
    """Return the time in UTC."""
    return datetime.now(UTC)


def _read(text: str, option: str, now: datetime, faults: list[Fault]) -> datetime | None:
    ago = _AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        time = datetime.fromisoformat(text)
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        allowed = "a day, a time in UTC, or how long ago in m, h or d"
        fix = "write 2025-01-31, 2025-01-31T08:30:00Z or 36h"
        faults.append(Fault("time-wrong", option, f"{text!r} is no time", allowed, fix))
        return None
