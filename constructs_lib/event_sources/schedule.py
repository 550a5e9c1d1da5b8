"""The schedule source: runs at set times, one after the other, with what was missed noted or caught up."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import cache
from itertools import count, islice
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    model_validator,
)

from constructs_lib.event_sources._schedule_resources import add_schedule
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import queue_arn
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan, SchedulePlan
from constructs_lib.model.samples import EPOCH, SampleMessage, SampleRecord, enveloped
from constructs_lib.model.units import Duration, Name, Switch, duration_text, shown
from functions.contract.cron import Cron, CronError
from functions.contract.ticks import ATTEMPT, EXECUTION_ID, SCHEDULED_TIME, Timetable, parse_time, template, time_text

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

SCHEDULE = "schedule"
MOST_INPUT = 256 * 1024
"""Bytes that Scheduler hands to a target (quotas for Amazon EventBridge Scheduler)."""
MINUTE = timedelta(minutes=1)
LONGEST_RATE, LONGEST_FLEXIBLE = timedelta(days=365), timedelta(hours=24)
"""Most of a flexible window is 1,440 minutes (FlexibleTimeWindow, EventBridge Scheduler API reference)."""


def parse_cron(value: Any) -> Any:
    """Return a cron expression of six fields.

    Raises:
        PydanticCustomError: ``cron-wrong`` with the field that cannot be read.
    """
    if isinstance(value, str):
        try:
            Cron.parse(value)
        except CronError as error:
            found = f"{error.field} {error.found!r} in the cron expression {value!r}"
            raise refusal("cron-wrong", found, error.allowed, "write 30 1 * * ? * for every day at 01:30") from None
    return value


def parse_timezone(value: Any) -> Any:
    """Return the name of a time zone; raises ``timezone-unknown``."""
    if isinstance(value, str) and value not in available_timezones():
        raise refusal("timezone-unknown", f"{shown(value)} is no time zone", "an IANA name", "write Europe/Dublin")
    return value


def parse_moment(value: Any) -> Any:
    """Return a time with its offset; raises ``schedule-time-wrong``."""
    try:
        parse_time(value if isinstance(value, str) else "")
    except ValueError:
        allowed = "a time with its offset from UTC, from 1970 on"
        raise refusal("schedule-time-wrong", f"{shown(value)} is none", allowed, "write 2026-12-01T06:00:00Z") from None
    return value


def check_local_time(value: str) -> str:
    """Return a time without an offset that the calendar has; raises ``schedule-time-wrong``."""
    try:
        datetime.fromisoformat(value)
    except ValueError:
        allowed = "a time without an offset that the calendar has"
        raise refusal("schedule-time-wrong", f"{shown(value)} is none", allowed, "write 2026-12-01T06:00:00") from None
    return value


CronText = Annotated[str, BeforeValidator(parse_cron), Field(max_length=200, examples=["30 1 * * ? *"])]
Zone = Annotated[str, BeforeValidator(parse_timezone), Field(examples=["Europe/Dublin"])]
Moment = Annotated[str, BeforeValidator(parse_moment), Field(examples=["2026-12-01T06:00:00Z"])]
LocalTime = Annotated[
    str,
    AfterValidator(check_local_time),
    Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$", examples=["2026-12-01T06:00:00"]),
]
InputValue = StrictStr | StrictInt | StrictFloat | StrictBool


class ScheduleSource(EventSource):
    """Ticks of EventBridge Scheduler, through the buffer queue; each is one run, identified by its scheduled time."""

    type: Literal["schedule"] = "schedule"
    cron: CronText | None = None
    """Six fields: minutes, hours, day of month, month, day of week (1 is Sunday) and year."""
    rate: Duration | None = None
    """A run every so often, in whole minutes, from the deployment on or from ``start``."""
    at: LocalTime | None = None
    """One run at this time of the time zone."""
    timezone: Zone = "UTC"
    """The time zone of ``cron``, ``at`` and the calendar's days."""
    flexible_window: Duration | None = None
    """How much later Scheduler may start a run, 1m to 24h; the scheduled time stays what it is."""
    overlap: Literal["forbid", "allow"] = "forbid"
    """Whether a tick is skipped while another run of the pipeline is still going on."""
    missed_run: Literal["skip", "catch_up"] = "skip"
    """Whether ticks that nobody saw, in a pause or an outage, are only noted, or run in order, the latest 24."""
    off_peak: Switch = False
    """Whether the runs are said to be off-peak: outside the catalogue's hours they then need an approval."""
    calendar: Name | None = None
    """A calendar of the catalogue; on its days nothing runs."""
    input: Annotated[dict[Name, InputValue], Field(max_length=50)] = Field(default_factory=dict)
    """What every run is handed over, as ``tick.input``."""
    start: Moment | None = None
    """Before then nothing runs."""
    end: Moment | None = None
    """After then nothing runs."""

    @model_validator(mode="after")
    def _one_expression(self) -> Self:
        named = [name for name in ("cron", "rate", "at") if getattr(self, name) is not None]
        if len(named) != 1:
            found = " and ".join(named) if named else "none of cron, rate and at"
            raise refusal("schedule-not-single", found, "exactly one of cron, rate and at", "keep one of them")
        return self

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        rate, window = self.rate, self.flexible_window
        if rate is not None and (rate % MINUTE or not MINUTE <= rate <= LONGEST_RATE):
            raise refusal("rate-wrong", f"every {duration_text(rate)}", "whole minutes, 1m to 365d", "write 15m")
        if window is not None and (window % MINUTE or not MINUTE <= window <= LONGEST_FLEXIBLE):
            raise refusal("flexible-window-wrong", duration_text(window), "whole minutes, 1m to 24h", "write 15m")
        size = len(template(self.input).encode())
        if size > MOST_INPUT:
            fix = "keep what is large in a file beside the handler, or in a bucket"
            raise refusal("input-too-large", f"{size:,} bytes of input", f"at most {MOST_INPUT:,} bytes", fix)
        if self.start and self.end and parse_time(self.start) >= parse_time(self.end):
            raise refusal(
                "schedule-time-wrong", f"end {self.end} is not after start {self.start}", "a later end", "swap them"
            )
        return self

    def record_fields(self) -> tuple[str, ...]:
        """Return what is told of a tick."""
        return ("schedule.scheduled_at", "schedule.page")

    def natural_key(self) -> tuple[str, ...]:
        """Return the scheduled time, and the page of a pull."""
        return self.record_fields()

    def ticks(self) -> Literal["single", "overlapping"]:
        """Return whether runs may go on at the same time."""
        return "overlapping" if self.overlap == "allow" else "single"

    def holidays(self) -> str | None:
        """Return the calendar on whose days nothing runs."""
        return self.calendar

    def options(self, context: PlanContext) -> dict[str, Any]:
        """Return what the gate in front of the runs must know."""
        days = context.calendars.get(self.calendar or "", ())
        return {
            "expression": self._expression(),
            "timezone": self.timezone,
            "overlap": self.overlap,
            "missed_run": self.missed_run,
            **({"holidays": list(days)} if days else {}),
            **({"start": self.start} if self.start else {}),
        }

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the schedule, its price and, to catch up, the right to send ticks to the pipeline's own buffer."""
        plan = SchedulePlan(
            name=context.name(SCHEDULE),
            expression=self._expression(),
            timezone=self.timezone,
            flexible_minutes=int((self.flexible_window or timedelta()).total_seconds()) // 60,
            overlap=self.overlap,
            missed_run=self.missed_run,
            off_peak=self.off_peak,
            calendar=self.calendar,
            holidays=context.calendars.get(self.calendar or "", ()),
            start=self.start,
            end=self.end,
            text=template(dict(self.input)),
        )
        buffer = queue_arn(context.queue_name)
        send = Grant(sid="CatchUp", actions=("sqs:SendMessage",), resources=(buffer,), needed_by="source.missed_run")
        return Contribution(
            schedule=plan,
            resources=(ResourcePlan(id=SCHEDULE, type="AWS::Scheduler::Schedule", name=plan.name, needed_by="source"),),
            runner_grants=(send,) if self.missed_run == "catch_up" else (),
            cost_drivers=(
                CostDriver(meter="scheduler-invocation", quantity_per_event=1, needed_by="source"),
                CostDriver(meter="dynamodb-write", quantity_per_event=TURN_WRITES, needed_by="source"),
                CostDriver(meter="dynamodb-read", quantity_per_event=TURN_READS, needed_by="source"),
            ),
        )

    def bind(self, site: Site) -> None:
        """Make the schedule and its role."""
        add_schedule(site)

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the text that Scheduler sends at a tick, with its keywords replaced."""
        given = record.body if isinstance(record.body, dict) else {}
        said = {
            SCHEDULED_TIME: time_text(self._tick(record.number % SAMPLE_TICKS)),
            EXECUTION_ID: record.id,
            ATTEMPT: "1",
        }
        filled = json.loads(template({**self.input, **given}))
        return enveloped(
            {name: said.get(value, value) if isinstance(value, str) else value for name, value in filled.items()}
        )

    def _tick(self, number: int) -> int:
        """Return the time of a tick; of a schedule that runs once, the same time a minute later for each."""
        ticks = _ticks(self._expression(), self.timezone)
        while len(ticks) <= number:
            more = list(islice(Timetable(self._expression(), self.timezone).after(ticks[-1]), 1000))
            ticks += more or list(islice(count(ticks[-1] + 60, 60), 1000))
        return ticks[number]

    def _expression(self) -> str:
        if self.rate is not None:
            minutes = int(self.rate.total_seconds()) // 60
            return f"rate({minutes} minute{'' if minutes == 1 else 's'})"
        return f"cron({self.cron})" if self.cron is not None else f"at({self.at})"


SAMPLE_TICKS = 10_000
"""Ticks that are made up; calendars end, and a drill needs fewer."""
TURN_WRITES, TURN_READS = 2, 2
"""A tick's turn is read and written when it begins and when it is over, each below 1 KB."""


@cache
def _ticks(expression: str, timezone: str) -> list[int]:
    """Return the first of a schedule's ticks; whoever needs more adds them."""
    return list(islice(Timetable(expression, timezone).after(int(EPOCH.timestamp())), 1000)) or [int(EPOCH.timestamp())]
