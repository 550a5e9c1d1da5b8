"""Showing the cursor of a pull, and putting it elsewhere, once and with evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError
from functions.contract.cursor import Cursor
from functions.contract.environment import CheckpointSettings, Variable
from functions.contract.ledger import Status
from functions.contract.state import checkpoint_key, schedule_key
from functions.contract.ticks import parse_time, time_text
from functions.contract.turns import Turns

if TYPE_CHECKING:
    from datetime import datetime

    from constructs_lib.operations.schedule.evidence import OperatorNotes
    from constructs_lib.operations.schedule.state_items import Key, StateItems

MOST_BYTES = 16_384
"""As long as a cursor that a handler returns may be."""


@dataclass(frozen=True, kw_only=True)
class CheckpointView:
    """Where a pull stands."""

    cursor: str
    """Its name."""
    value: str
    revision: int
    """How often it was moved, or set by hand; 1 before the first run."""
    moved_by: str | None
    """The time of the run that moved it; None where it stands as declared, or as a person put it."""
    in_progress: str | None
    """The time of the run that is going on."""


@dataclass(frozen=True)
class CheckpointControl:
    """The cursor of one pipeline."""

    items: StateItems
    notes: OperatorNotes

    @property
    def settings(self) -> CheckpointSettings:
        """What is declared; raises ``UserError``: ``checkpoint-missing``."""
        plan = self.notes.plan
        for variable in plan.function(plan.runner).environment:
            if variable.name == Variable.CHECKPOINT:
                return CheckpointSettings.from_json(variable.value)
        found = f"{plan.pipeline} keeps no cursor"
        raise UserError.of("checkpoint-missing", "checkpoint", found, "a checkpoint", "name another declaration")

    def show(self) -> CheckpointView:
        """Return where the cursor stands now: where the last run that is completed has moved it, or a person."""
        return self._view(self._read()[0])

    def put(self, value: str, now: datetime) -> tuple[CheckpointView, CheckpointView]:
        """Put the cursor to ``value``, and return where it stood and where it stands.

        A run that is going on leaves it there. The entry that tells who does it is written before.

        Raises:
            UserError: ``cursor-wrong``; ``cursor-moved-meanwhile`` where a run moved it since it was looked at.
        """
        self.require_fitting(value)
        cursor, revision = self._read()
        place = f"the cursor {self.settings.cursor} from {cursor.value!r} to {value!r}"
        self.notes.note("checkpoint", f"sets {place}", now)
        if not self.items.replace(self._key, vars(cursor.put(value)), revision):
            self.notes.note("checkpoint", f"has not set {place}: a run was faster", now)
            found = f"{self.settings.cursor} no longer stands at {cursor.value!r}"
            fix = "look where it stands, and set it again"
            raise UserError.of("cursor-moved-meanwhile", "checkpoint", found, "a cursor as it was read", fix)
        return self._view(cursor), self._view(cursor.put(value))

    def require_fitting(self, value: str) -> None:
        """Raise ``UserError``, ``cursor-wrong``, for what no run could begin with."""
        settings = self.settings
        if _is_time(settings.initial) and not _is_time(value):
            allowed = "a time with its offset from UTC, as checkpoint.initial is"
            raise UserError.of("cursor-wrong", "VALUE", f"{value!r}", allowed, "write 2026-01-01T00:00:00Z")
        if not 0 < len(value.encode(errors="replace")) <= MOST_BYTES:
            found = f"{len(value.encode(errors='replace')):,} bytes"
            raise UserError.of("cursor-wrong", "VALUE", found, f"1 to {MOST_BYTES:,} bytes", "write a shorter text")

    def _read(self) -> tuple[Cursor, int]:
        value, revision = self.items.read(self._key)
        cursor = Cursor(**value) if value else Cursor(self.settings.initial)
        if cursor.proposed_token:
            entries = self.notes.ledger.of_run_token(cursor.proposed_token)
            if any(entry.status is Status.SUCCEEDED for entry in entries):
                cursor = cursor.moved()
        return cursor, revision

    def _view(self, cursor: Cursor) -> CheckpointView:
        value, _ = self.items.read(schedule_key(self.notes.plan.pipeline))
        queue = Turns.of(value).queue if value else ()
        return CheckpointView(
            cursor=self.settings.cursor,
            value=cursor.value,
            revision=cursor.revision,
            moved_by=time_text(cursor.moved_by) if cursor.moved_by else None,
            in_progress=time_text(queue[0]) if queue else None,
        )

    @property
    def _key(self) -> Key:
        return checkpoint_key(self.notes.plan.pipeline, self.settings.cursor)


def _is_time(text: str) -> bool:
    try:
        parse_time(text)
    except ValueError:
        return False
    return True
