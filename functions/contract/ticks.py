"""When a schedule runs, and the message that each of its ticks is."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from functions.contract.cron import Cron
from functions.contract.identity import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEDULED_TIME = "<aws.scheduler.scheduled-time>"
EXECUTION_ID = "<aws.scheduler.execution-id>"
ATTEMPT = "<aws.scheduler.attempt-number>"
"""What EventBridge Scheduler replaces in the text that it sends (user guide, "Adding context attributes")."""
LATEST = 253_402_300_799
"""The last second of the year 9999."""
DAY = 86_400
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}:\d{2})")
_RATE = re.compile(r"rate\((\d+) minutes?\)")


def parse_time(text: str) -> int:
    """Return a time with its offset, such as ``2026-11-21T01:30:00Z``, in seconds since 1970.

    Raises:
        ValueError: the text is no such time, or before 1970.
    """
    if not _TIME.fullmatch(text):
        raise ValueError(f"{text!r} is no time with an offset, such as 2026-11-21T01:30:00Z")
    seconds = int(datetime.fromisoformat(text).timestamp())
    if seconds < 0:
        raise ValueError(f"{text!r} is before 1970")
    return seconds


def time_text(seconds: int) -> str:
    """Return the text of a time in UTC; equal times have equal texts."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Timetable:
    """When a schedule runs: its expression as Scheduler has it, and the time zone of that."""

    expression: str
    timezone: str = "UTC"

    @property
    def step(self) -> int | None:
        """Seconds between two times of a rate; None where the expression is none."""
        rate = _RATE.fullmatch(self.expression)
        return int(rate[1]) * 60 if rate else None

    @property
    def told(self) -> str:
        """What a schedule is known by: times that were missed under another one are nobody's."""
        return f"{self.expression} {self.timezone}"

    def after(self, moment: int) -> Iterator[int]:
        """Yield the times after a moment, which is itself one where the expression is a rate; seconds since 1970."""
        if self.expression.startswith("cron("):
            cron = Cron.parse(self.expression.removeprefix("cron(").removesuffix(")"))
            at = datetime.fromtimestamp(moment, UTC)
            yield from (int(time.timestamp()) for time in cron.after(at, ZoneInfo(self.timezone)))
        elif self.step:
            yield from range(moment + self.step, LATEST, self.step)
        else:
            text = self.expression.removeprefix("at(").removesuffix(")")
            once = int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(self.timezone)).timestamp())
            yield from (once,) if once > moment else ()

    def between(self, first: int, last: int, most: int) -> list[int]:
        """Return the latest times between two moments, neither included; at most ``most``, in their order.

        What is nearer to ``last`` than half the step of a rate is ``last`` itself: a rate that was switched off and on
        goes on at other minutes.
        """
        if self.step:
            return list(range(first + self.step, last - self.step // 2, self.step)[-most:])
        span = DAY
        while True:
            start = max(first, last - span)
            found = list(takewhile(lambda at: at < last, self.after(start)))
            if start == first or len(found) >= most:
                return found[-most:]
            span *= 2

    def day(self, moment: int) -> str:
        """Return the day in the schedule's time zone, as ``2026-12-25``."""
        zone = ZoneInfo(self.timezone)
        return (datetime.fromtimestamp(0, UTC) + timedelta(seconds=moment)).astimezone(zone).date().isoformat()


@dataclass(frozen=True, kw_only=True)
class TickMessage:
    """One message: a tick, one page of a pull that it began, or a tick that was missed and is caught up."""

    scheduled_at: int
    """Seconds since 1970."""
    execution_id: str = ""
    attempt: int = 1
    input: dict[str, Any] = field(default_factory=dict)
    page: int = 1
    token: str | None = None
    """Where the page begins, in the words of whoever is asked."""
    cursor: str | None = None
    """Of a later page: the cursor from which the run began."""
    revision: int = 0
    """Of a later page: how often the cursor had been moved then."""
    follows: str | None = None
    """Of a later page: the run id of the attempt at the page before that sent it."""
    caught_up: bool = False
    """Whether the tick was missed when it was due."""

    def to_text(self) -> str:
        """Return the text of the message."""
        values = {**asdict(self), "scheduled_at": time_text(self.scheduled_at)}
        return canonical_json({name: value for name, value in values.items() if value not in (None, "", False)})

    @classmethod
    def of(cls, value: Any) -> Self:
        """Read a decoded message.

        Raises:
            ValueError: it is none; the message says at which field.
        """
        if not isinstance(value, dict):
            raise ValueError("a tick is an object")
        at = value.get("scheduled_at")
        if not isinstance(at, str):
            raise ValueError("scheduled_at is no text")
        kinds: dict[str, type] = {"execution_id": str, "input": dict, "token": str, "cursor": str, "follows": str}
        numbers: dict[str, Any] = {
            name: _whole(value, name) for name in ("page", "attempt", "revision") if name in value
        }
        texts: dict[str, Any] = {name: _typed(value, name, kind) for name, kind in kinds.items() if name in value}
        return cls(scheduled_at=parse_time(at), caught_up=value.get("caught_up") is True, **numbers, **texts)


def _whole(value: dict[str, Any], name: str) -> int:
    number = value[name]
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,9}", number):
        number = int(number)
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number < 10**9:
        raise ValueError(f"{name} is no whole number")
    return number


def _typed(value: dict[str, Any], name: str, kind: type) -> Any:
    if not isinstance(value[name], kind):
        raise ValueError(f"{name} is no {'object' if kind is dict else 'text'}")
    return value[name]


def template(tick_input: dict[str, Any]) -> str:
    """Return the text that Scheduler sends at each tick, with its keywords in it."""
    return json.dumps(
        {"scheduled_at": SCHEDULED_TIME, "execution_id": EXECUTION_ID, "attempt": ATTEMPT, "input": tick_input},
        separators=(",", ":"),
        ensure_ascii=False,
    )
