"""Scheduler itself starts a run; by command an operator shows, pauses and resumes the schedule and sets the cursor."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.testing import CliRunner

from constructs_lib.cli import build_app
from constructs_lib.local.emulator import aws_environment
from constructs_lib.local.trial import Trial
from functions.contract.ticks import parse_time
from tests.declarations import fields, write_project

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

    from constructs_lib.local.session import LocalSession

NAME, INITIAL, ELSEWHERE = "soon", "2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z"
SOON = timedelta(seconds=15)
"""Longer than the deployment takes."""
HANDLER = '''"""Lands the window of a tick."""

from functions.runtime import Page, Run, Tick, runner


@runner
def land(tick: Tick, run: Run) -> Page:
    run.outputs.raw.put({"from": tick.window_start.isoformat(), "input": tick.input})
    return Page()
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def trial(folder: Path, empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    (folder / "handlers" / "orders.py").write_text(HANDLER)
    declared = fields(
        pipeline=NAME,
        contract=None,
        tenant=None,
        idempotency=None,
        source={"type": "schedule", "at": f"{datetime.now(UTC) + SOON:%Y-%m-%dT%H:%M:%S}", "input": {"mode": "full"}},
        checkpoint={"cursor": "updated_since", "initial": INITIAL},
        runner={"handler": "handlers.orders:land", "timeout": "10s"},
        observability={"runbook": "https://example.com/runbook"},
        budget={"monthly_usd": 40.0, "events_per_month": 100},
    )
    (folder / "soon.yaml").write_text(yaml.safe_dump(declared))
    return Trial.of(folder, empty_session, tmp_path_factory.mktemp("assembly"))


@pytest.fixture(autouse=True)
def shell(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's shell has the settings of the emulated account."""
    for name, value in aws_environment(trial.session.proxy.url).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def file(folder: Path) -> Path:
    return folder / "soon.yaml"


def run(*words: object) -> Result:
    texts = [str(word) for word in words]
    return CliRunner().invoke(build_app((texts[0],)), texts)


def told(*words: object) -> Any:
    done = run(*words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def test_scheduler_starts_a_run_at_its_time(trial: Trial, file: Path) -> None:
    evidence = trial.evidence(NAME)
    evidence.wait_until("Scheduler has sent a tick", lambda: bool(evidence.every_entry()), seconds=60)
    (entry,) = evidence.every_entry()
    assert entry.status.value == "succeeded"
    (record,) = evidence.landed(entry.run_token)
    assert json.loads(record.text) == {"from": "2026-01-01T00:00:00+00:00", "input": {"mode": "full"}}
    shown = told("schedule", "show", file)
    assert (shown["name"], shown["state"], shown["last_state"]) == ("soon-dev-schedule", "ENABLED", "succeeded")
    assert told("checkpoint", "show", file)["value"] == shown["last"]


def test_a_pause_and_its_end_leave_all_else_as_it_was(trial: Trial, file: Path) -> None:
    scheduler = trial.client("scheduler")
    before = scheduler.get_schedule(Name="soon-dev-schedule")
    assert run("schedule", "pause", file).stdout == "soon-dev-schedule is paused\n"
    assert "soon-dev-schedule  paused" in run("schedule", "show", file).stdout
    assert "was already paused" in run("schedule", "pause", file).stdout
    assert scheduler.get_schedule(Name="soon-dev-schedule")["State"] == "DISABLED"
    assert run("schedule", "resume", file).exit_code == 0
    after = scheduler.get_schedule(Name="soon-dev-schedule")
    changing = ("LastModificationDate", "ResponseMetadata")
    assert {name: after[name] for name in after if name not in changing} == {
        name: before[name] for name in before if name not in changing
    }


def test_a_cursor_is_set_only_with_yes_and_the_ledger_tells_who_did_it(trial: Trial, file: Path) -> None:
    before = told("checkpoint", "show", file)
    asked = run("checkpoint", "set", file, ELSEWHERE)
    assert (asked.exit_code, f"with --yes it will be set to {ELSEWHERE}" in asked.stdout) == (1, True)
    assert told("checkpoint", "show", file) == before
    assert run("checkpoint", "set", file, ELSEWHERE, "--yes").exit_code == 0
    after = told("checkpoint", "show", file)
    assert (after["value"], after["revision"], after["moved_by"]) == (ELSEWHERE, before["revision"] + 1, None)
    messages = [entry.error_message for entry in trial.evidence(NAME).every_entry() if entry.status.value == "operated"]
    assert messages[-1] == f"sets the cursor updated_since from '{before['value']}' to '{ELSEWHERE}'"
    assert parse_time(before["value"]) > parse_time(ELSEWHERE)


def test_the_next_run_begins_where_the_cursor_was_put(trial: Trial) -> None:
    evidence, at = trial.evidence(NAME), f"{datetime.now(UTC) + timedelta(minutes=1):%Y-%m-%dT%H:%M:%SZ}"
    token = trial.tick(NAME, at)
    evidence.wait_until("it landed", lambda: bool(evidence.landed(token)))
    assert [json.loads(record.text)["from"] for record in evidence.landed(token)] == ["2026-03-01T00:00:00+00:00"]
