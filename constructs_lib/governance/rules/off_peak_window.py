"""What is said to run off-peak does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from constructs_lib.governance.rule import Decision, Finding, Place, PlanRule, Subject
from functions.contract.ticks import Timetable

if TYPE_CHECKING:
    from constructs_lib.catalog.catalog import OffPeak
    from constructs_lib.model.resources import SchedulePlan

FROM = datetime(2026, 1, 1, tzinfo=UTC)
RUNS = 400
"""Runs that are looked at: more than a year of a daily one, so that both summer and winter time are seen."""


class OffPeakWindow(PlanRule):
    """Work that was moved to cheap hours must not drift back into those in which others pay for it."""

    slug = "off-peak-window"
    decision = Decision.REQUIRE_APPROVAL
    requirement = "A schedule with off_peak begins its runs within the catalogue's off-peak hours."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the times of the runs, and at the ends of their flexible windows."""
        schedule, hours = subject.plan.schedule, subject.catalog.off_peak
        if schedule is None or not schedule.off_peak:
            return
        outside = next((at for at in _begins(schedule) if not _within(at, hours)), None)
        if outside is not None:
            window = f"{hours.start} to {hours.end} {hours.timezone}"
            yield self.finding(
                Place.planned(subject.plan, "source.off_peak"),
                found=f"a run may begin at {outside.astimezone(ZoneInfo(hours.timezone)):%H:%M} {hours.timezone}",
                allowed=f"{window}, the catalogue's off-peak hours",
                fix="move the schedule or shorten its flexible window, or add an approval of this finding",
                at="source.off_peak",
            )


def _begins(schedule: SchedulePlan) -> Iterable[datetime]:
    timetable = Timetable(schedule.expression, schedule.timezone)
    for seconds in islice(timetable.after(int(FROM.timestamp())), RUNS):
        at = datetime.fromtimestamp(seconds, UTC)
        yield at
        yield at + timedelta(minutes=schedule.flexible_minutes)


def _within(at: datetime, hours: OffPeak) -> bool:
    clock = f"{at.astimezone(ZoneInfo(hours.timezone)):%H:%M}"
    if hours.start <= hours.end:
        return hours.start <= clock < hours.end
    return clock >= hours.start or clock < hours.end
