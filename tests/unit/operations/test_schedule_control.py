"""Pausing, resuming and showing a schedule against Scheduler, table and ledger as moto has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.errors import UserError
from constructs_lib.operations.schedule.control import ScheduleControl
from functions.contract.identity import run_token
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.state import schedule_key
from tests.unit.operations.schedule_account import NOW, OPERATOR, PULL, ScheduleAccount, schedule_account

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ScheduleAccount]:
    with schedule_account(tmp_path, monkeypatch, PULL) as made:
        yield made


def control(account: ScheduleAccount) -> ScheduleControl:
    return ScheduleControl(account.scheduler, account.items, account.notes)


def without_times(schedule: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in schedule.items() if key not in ("LastModificationDate", "ResponseMetadata")}


def test_a_pause_changes_the_state_alone_and_is_told(account: ScheduleAccount) -> None:
    before = account.deployed()
    assert control(account).switch("DISABLED", NOW) is True
    assert without_times(account.deployed()) == {**without_times(before), "State": "DISABLED"}
    (entry,) = account.entries()
    assert (entry.status, entry.function) == (Status.OPERATED, OPERATOR)
    assert entry.error_message == "pauses the schedule shop-orders-dev-schedule"


def test_a_pause_of_what_is_paused_changes_and_tells_nothing(account: ScheduleAccount) -> None:
    assert control(account).switch("ENABLED", NOW) is False
    assert account.entries() == []
    control(account).switch("DISABLED", NOW)
    assert control(account).switch("DISABLED", NOW + timedelta(minutes=1)) is False
    assert control(account).switch("ENABLED", NOW + timedelta(minutes=2)) is True
    assert [entry.error_message or "" for entry in account.entries()] == [
        "pauses the schedule shop-orders-dev-schedule",
        "resumes the schedule shop-orders-dev-schedule",
    ]


def test_a_start_that_is_over_is_left_out_because_scheduler_refuses_it(account: ScheduleAccount) -> None:
    account.restart(StartDate=datetime.now(UTC) + timedelta(minutes=1))
    control(account).switch("DISABLED", datetime.now(UTC) + timedelta(days=30))
    assert "StartDate" not in account.deployed()
    account.restart(StartDate=datetime.now(UTC) + timedelta(days=1))
    control(account).switch("DISABLED", datetime.now(UTC))
    assert "StartDate" in account.deployed()


def test_a_schedule_that_never_ran_is_shown_with_its_next_runs(account: ScheduleAccount) -> None:
    view = control(account).show(NOW)
    assert (view.name, view.state, view.timezone) == ("shop-orders-dev-schedule", "ENABLED", "Europe/Dublin")
    assert view.next_runs == tuple(f"2026-11-{day}T01:30:00Z" for day in (22, 23, 24, 25, 26))
    assert (view.last, view.last_state, view.in_turn) == (None, None, ())


def test_a_paused_schedule_has_no_next_runs(account: ScheduleAccount) -> None:
    control(account).switch("DISABLED", NOW)
    assert control(account).show(NOW).next_runs == ()


AT = int(datetime(2026, 11, 21, 1, 30, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("turns", "state"),
    [
        ({"why": "holiday"}, "skipped: holiday"),
        ({"queue": [AT]}, "runs"),
        ({"queue": [AT - 86_400, AT]}, "waits for its turn"),
        ({}, "not recorded yet"),
    ],
)
def test_the_newest_tick_is_shown_with_what_became_of_it(
    account: ScheduleAccount, turns: dict[str, Any], state: str
) -> None:
    account.items.replace(schedule_key("shop-orders"), {"last": AT, "queue": [], "lost": [], **turns}, 0)
    view = control(account).show(NOW)
    assert (view.last, view.last_state) == ("2026-11-21T01:30:00Z", state)
    assert len(view.in_turn) == len(turns.get("queue", []))


def test_of_a_tick_that_is_over_the_ledger_tells(account: ScheduleAccount) -> None:
    account.items.replace(schedule_key("shop-orders"), {"last": AT, "queue": [], "lost": []}, 0)
    account.notes.note("schedule", "x", NOW)
    text = json.loads(account.entries()[0].text)
    token = run_token("shop-orders", ("2026-11-21T01:30:00Z", 1))
    told = {"run_token": token, "status": "dead_lettered", "error_type": "HTTPError"}
    account.notes.ledger.add(LedgerEntry.from_text(json.dumps({**text, **told})))
    assert control(account).show(NOW).last_state == "dead_lettered: HTTPError"


def test_a_pipeline_without_a_schedule_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with schedule_account(tmp_path, monkeypatch, {"source": {"type": "queue"}}) as account:
        for act in (lambda: control(account).show(NOW), lambda: control(account).switch("DISABLED", NOW)):
            with pytest.raises(UserError, match="schedule-missing"):
                act()
        assert account.entries() == []
