"""Pausing, resuming and showing the schedule of a deployed pipeline.

EventBridge Scheduler puts its defaults where an update leaves something out (UpdateSchedule, API reference), so what is
there is read first and sent back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError
from constructs_lib.model.next_runs import next_runs
from constructs_lib.operations.window import stamp
from functions.contract.identity import run_token
from functions.contract.state import schedule_key
from functions.contract.ticks import Timetable, time_text
from functions.contract.turns import Turns

if TYPE_CHECKING:
    from datetime import datetime

    from constructs_lib.model.resources import SchedulePlan
    from constructs_lib.operations.schedule.evidence import OperatorNotes
    from constructs_lib.operations.schedule.state_items import StateItems

ENABLED, DISABLED = "ENABLED", "DISABLED"
TOLD_ALONE = ("Arn", "CreationDate", "LastModificationDate", "ResponseMetadata")
"""What GetSchedule tells and UpdateSchedule does not take."""
OLDEST_START = timedelta(minutes=5)
"""An earlier start is refused, and has no effect any more (EventBridge Scheduler: "cannot be earlier than 5 minutes
ago")."""


@dataclass(frozen=True, kw_only=True)
class ScheduleView:
    """What stands of a schedule; times as ``2026-11-21T01:30:00Z``."""

    name: str
    state: str
    """``ENABLED`` or ``DISABLED``, in Scheduler's words."""
    expression: str
    timezone: str
    next_runs: tuple[str, ...]
    """None while the schedule is paused."""
    last: str | None
    """When the newest tick was due that came; None before the first."""
    last_state: str | None
    """What became of it."""
    in_turn: tuple[str, ...]
    """Ticks that run or wait for their turn, in order."""


@dataclass(frozen=True)
class ScheduleControl:
    """The schedule of one pipeline, in the account of ``scheduler``, a client of EventBridge Scheduler."""

    scheduler: Any
    items: StateItems
    notes: OperatorNotes

    @property
    def plan(self) -> SchedulePlan:
        """The schedule as it is declared; raises ``UserError``: ``schedule-missing``."""
        planned = self.notes.plan.schedule
        if planned is None:
            found = f"{self.notes.plan.pipeline} has no schedule"
            raise UserError.of("schedule-missing", "source.type", found, "source: schedule", "name another declaration")
        return planned

    def switch(self, state: str, now: datetime) -> bool:
        """Return whether the schedule was switched on or off; False where it was already so.

        The entry that tells who does it is written before. Everything else of the schedule stays as it is.
        """
        deployed = self.scheduler.get_schedule(Name=self.plan.name)
        if deployed["State"] == state:
            return False
        verb = "pauses" if state == DISABLED else "resumes"
        self.notes.note("schedule", f"{verb} the schedule {self.plan.name}", now)
        kept = {name: value for name, value in deployed.items() if name not in TOLD_ALONE}
        if "StartDate" in kept and kept["StartDate"] < now - OLDEST_START:
            del kept["StartDate"]
        self.scheduler.update_schedule(**{**kept, "State": state})
        return True

    def show(self, now: datetime) -> ScheduleView:
        """Return what stands of the schedule in Scheduler, the state table and the ledger."""
        deployed = self.scheduler.get_schedule(Name=self.plan.name)
        actual = self._actual(deployed)
        value, _ = self.items.read(schedule_key(self.notes.plan.pipeline))
        turns = Turns.of(value) if value else None
        current = turns is not None and turns.expression == Timetable(actual.expression, actual.timezone).told
        known = turns.last if turns and current else None
        runs = next_runs(actual, int(now.timestamp()), known) if deployed["State"] == ENABLED else []
        return ScheduleView(
            name=actual.name,
            state=deployed["State"],
            expression=actual.expression,
            timezone=actual.timezone,
            next_runs=tuple(map(time_text, runs)),
            last=time_text(turns.last) if turns else None,
            last_state=self._became(turns) if turns else None,
            in_turn=tuple(map(time_text, turns.queue)) if turns else (),
        )

    def _actual(self, deployed: dict[str, Any]) -> SchedulePlan:
        """Return the plan with what is deployed in place of what is declared."""
        times = {
            name: stamp(deployed[key]) for name, key in (("start", "StartDate"), ("end", "EndDate")) if key in deployed
        }
        changes = {
            "expression": deployed["ScheduleExpression"],
            "timezone": deployed.get("ScheduleExpressionTimezone", "UTC"),
            **{"start": None, "end": None, **times},
        }
        return self.plan.model_copy(update=changes)

    def _became(self, turns: Turns) -> str:
        if turns.why:
            return f"skipped: {turns.why}"
        if turns.last in turns.queue:
            return "runs" if turns.queue[0] == turns.last else "waits for its turn"
        token = run_token(self.notes.plan.pipeline, (time_text(turns.last), 1))
        entries = self.notes.ledger.of_run_token(token)
        if not entries:
            return "not recorded yet"
        newest = entries[-1]
        return f"{newest.status.value}: {newest.error_type}" if newest.error_type else newest.status.value
