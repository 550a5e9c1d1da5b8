"""A control's state is written once however often it is sent, the newest stands, and the ledger tells of all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from constructs_lib.cli import build_app
from constructs_lib.local.callers import ask, user
from constructs_lib.local.emulator import aws_environment

if TYPE_CHECKING:
    import httpx
    from botocore.credentials import Credentials

    from constructs_lib.local.trial import Trial

HERE = Path(__file__).parent
CONTROL: dict[str, Any] = json.loads((HERE / "events" / "control.json").read_text())
NOTE: dict[str, Any] = json.loads((HERE / "events" / "note.json").read_text())
TABLE = "control-state-dev-controls-table"


@pytest.fixture(scope="module")
def team(example: Trial) -> Credentials:
    return user(example.session, "team", allowed=True)


@pytest.fixture(autouse=True)
def shell(example: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's shell has the settings of the emulated account."""
    for name, value in aws_environment(example.session.proxy.url).items():
        monkeypatch.setenv(name, value)


def set_control(example: Trial, team: Credentials | None, **changes: Any) -> httpx.Response:
    path = {"control_id": CONTROL["control_id"]}
    return ask(example.session, example.plans["control-state"], {}, {**CONTROL, **changes}, path, caller=team)


def states(example: Trial) -> list[tuple[str, int, str]]:
    items = example.client("dynamodb").scan(TableName=TABLE)["Items"]
    return [(one["control_id"]["S"], int(one["revision"]["N"]), one["state"]["S"]) for one in items]


def listed(declaration: str, run_token: str) -> list[dict[str, Any]]:
    """Return what ``pipelines ledger list`` says of a run token."""
    words = ["ledger", "list", str(HERE / declaration), "--run-token", run_token, "--json"]
    done = CliRunner().invoke(build_app(("ledger",)), words)
    assert done.exit_code == 0, (done.output, done.exception)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_state_that_is_sent_twice_is_written_once_and_the_ledger_tells_of_it(
    example: Trial, team: Credentials
) -> None:
    first, second = set_control(example, team), set_control(example, team)
    assert (first.status_code, second.status_code) == (200, 200)
    assert (second.json(), second.headers["idempotent-replayed"]) == (first.json(), "true")
    assert states(example) == [("intake-shops", 1, "open")]
    entries = listed("control_state.yaml", first.json()["evidence"])
    assert sorted(entry["status"] for entry in entries) == ["duplicate", "succeeded"]
    assert {entry["contract_id"] for entry in entries} == {"control"}


def test_an_old_revision_that_comes_late_changes_nothing(example: Trial, team: Credentials) -> None:
    for revision, state in ((3, "closed"), (2, "held")):
        assert set_control(example, team, revision=revision, state=state).status_code == 200
    assert states(example) == [("intake-shops", 3, "closed")]


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"state": "ajar"}, 422, "contract-broken"),
        ({"revision": 0}, 422, "contract-broken"),
        ({"control_id": "intake-others", "revision": 9}, 409, "control-elsewhere"),
    ],
)
def test_what_is_no_state_is_refused_and_kept_nowhere(
    example: Trial, team: Credentials, changes: dict[str, Any], status: int, code: str
) -> None:
    before = states(example)
    answer = set_control(example, team, **changes)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert states(example) == before


def test_who_may_not_call_sets_nothing(example: Trial) -> None:
    before = states(example)
    assert set_control(example, None, revision=99).status_code == 403
    assert states(example) == before


def test_a_note_of_evidence_is_kept_once_as_it_came_and_the_ledger_names_its_place(example: Trial) -> None:
    evidence = example.evidence("control-evidence")
    token = evidence.run_token(NOTE["team"], NOTE["control_id"], NOTE["note_id"])
    for _ in range(2):
        body = json.dumps(NOTE)
        example.client("sqs").send_message(QueueUrl=evidence.queue_url("buffer"), MessageBody=body)
    evidence.wait_until("both came to something", lambda: len(evidence.entries(token)) == 2)
    (landed,) = evidence.landed(token)
    assert json.loads(landed.text) == NOTE
    succeeded, duplicate = sorted(
        listed("control_evidence.yaml", token), key=lambda entry: entry["status"], reverse=True
    )
    assert (succeeded["status"], duplicate["status"]) == ("succeeded", "duplicate")
    assert (succeeded["location"], succeeded["tenant"]) == (landed.location, "shops")


def test_every_note_is_accounted_for(example: Trial) -> None:
    evidence = example.evidence("control-evidence")
    body = json.dumps({**NOTE, "note_id": "n-2", "finding": "perhaps"})
    example.client("sqs").send_message(QueueUrl=evidence.queue_url("buffer"), MessageBody=body)
    token = evidence.run_token(NOTE["team"], NOTE["control_id"], "n-2")
    evidence.wait_until("it is quarantined", lambda: bool(evidence.quarantined(token)))
    evidence.wait_until_quiet()
    assert example.reconcile("control-evidence").unexplained == ()
    assert [entry["status"] for entry in listed("control_evidence.yaml", token)] == ["quarantined"]
