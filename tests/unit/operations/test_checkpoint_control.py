"""Showing a cursor and putting it elsewhere: once, under a condition, and with evidence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.errors import UserError
from constructs_lib.operations.schedule.checkpoint import CheckpointControl
from constructs_lib.operations.schedule.state_items import Key, StateItems
from functions.contract.cursor import Cursor
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.state import checkpoint_key, schedule_key
from tests.unit.operations.schedule_account import NOW, OPERATOR, PULL, ScheduleAccount, schedule_account

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

KEY = checkpoint_key("shop-orders", "updated_since")
MARCH, APRIL = "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScheduleAccount]:
    with schedule_account(tmp_path, monkeypatch, PULL) as made:
        yield made


def control(account: ScheduleAccount) -> CheckpointControl:
    return CheckpointControl(account.items, account.notes)


def test_a_cursor_that_no_run_has_moved_stands_where_it_is_declared(account: ScheduleAccount) -> None:
    view = control(account).show()
    assert (view.cursor, view.value, view.revision) == ("updated_since", "2026-01-01T00:00:00Z", 1)
    assert (view.moved_by, view.in_progress) == (None, None)


def test_a_cursor_is_put_elsewhere_with_a_higher_revision_and_an_entry(account: ScheduleAccount) -> None:
    account.items.replace(KEY, vars(Cursor(MARCH, moved_by=1_772_323_200, revision=7)), 0)
    before, after = control(account).put(APRIL, NOW)
    assert (before.value, before.revision, before.moved_by) == (MARCH, 7, "2026-03-01T00:00:00Z")
    assert (after.value, after.revision, after.moved_by) == (APRIL, 8, None)
    assert account.items.read(KEY) == (vars(Cursor(APRIL, 0, 8)), 2)
    (entry,) = account.entries()
    assert (entry.status, entry.function) == (Status.OPERATED, OPERATOR)
    assert entry.error_message == f"sets the cursor updated_since from '{MARCH}' to '{APRIL}'"


def test_the_first_cursor_of_all_can_be_put_too(account: ScheduleAccount) -> None:
    control(account).put(APRIL, NOW)
    assert control(account).show().value == APRIL


def proposed(account: ScheduleAccount, status: Status) -> None:
    """Let a run propose April, whose last page ends with a status."""
    account.items.replace(KEY, vars(Cursor(MARCH, 0, 3, APRIL, 1_775_001_600, "t" * 32)), 0)
    account.notes.note("x", "y", NOW)
    text = {**json.loads(account.entries()[0].text), "run_token": "t" * 32, "status": status.value}
    account.notes.ledger.add(LedgerEntry.from_text(json.dumps(text)))


def test_what_a_completed_run_has_proposed_is_where_the_cursor_stands(account: ScheduleAccount) -> None:
    proposed(account, Status.SUCCEEDED)
    view = control(account).show()
    assert (view.value, view.revision, view.moved_by) == (APRIL, 4, "2026-04-01T00:00:00Z")


def test_what_a_run_that_failed_has_proposed_is_not(account: ScheduleAccount) -> None:
    proposed(account, Status.FAILED)
    assert (control(account).show().value, control(account).show().revision) == (MARCH, 3)


def test_a_run_that_goes_on_is_told(account: ScheduleAccount) -> None:
    account.items.replace(schedule_key("shop-orders"), {"last": 60, "queue": [60], "lost": []}, 0)
    assert control(account).show().in_progress == "1970-01-01T00:01:00Z"


@dataclass(frozen=True)
class Overtaken(StateItems):
    """A table in which a run is always a little faster."""

    def replace(self, key: Key, value: Mapping[str, Any], revision: int, expires_at: int | None = None) -> bool:
        super().replace(key, vars(Cursor(MARCH, 60, 2)), revision)
        return super().replace(key, value, revision, expires_at)


def test_a_run_that_is_faster_wins_and_the_ledger_says_so(account: ScheduleAccount) -> None:
    overtaken = CheckpointControl(Overtaken(account.items.dynamodb, account.items.table), account.notes)
    with pytest.raises(UserError, match="cursor-moved-meanwhile"):
        overtaken.put(APRIL, NOW)
    assert control(account).show().value == MARCH
    assert [(entry.error_message or "").split()[0] for entry in account.entries()] == ["sets", "has"]
    assert len({(entry.run_token, entry.run_id) for entry in account.entries()}) == 2, "neither takes the other's place"


@pytest.mark.parametrize("value", ["yesterday", "", "2026-04-01"])
def test_what_no_run_could_begin_with_is_refused_before_anything_is_written(
    account: ScheduleAccount, value: str
) -> None:
    with pytest.raises(UserError, match="cursor-wrong"):
        control(account).put(value, NOW)
    assert (account.items.read(KEY), account.entries()) == ((None, 0), [])


def test_a_cursor_that_is_no_time_takes_any_text_but_none_and_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = {**PULL, "checkpoint": {"cursor": "change", "initial": "0"}}
    with schedule_account(tmp_path, monkeypatch, fields) as account:
        assert control(account).put("17", NOW)[1].value == "17"
        for value in ("", "x" * 16_385):
            with pytest.raises(UserError, match="cursor-wrong"):
                control(account).put(value, NOW)


def test_a_pipeline_without_a_cursor_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fields = {**PULL, "checkpoint": None}
    with (
        schedule_account(tmp_path, monkeypatch, fields) as account,
        pytest.raises(UserError, match="checkpoint-missing"),
    ):
        control(account).show()
