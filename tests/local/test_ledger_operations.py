"""What an operator does with the evidence, by command, after real events: list, show, reconcile, export and verify."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from constructs_lib.cli import build_app
from constructs_lib.local.emulator import aws_environment
from constructs_lib.local.ledger_stream import LedgerStream
from constructs_lib.operations.deployed import Deployed
from constructs_lib.operations.replay import Selection
from constructs_lib.operations.window import Window, utc_now
from functions.contract.archive import pack, unpack
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from typer.testing import Result

    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.operations.reconcile.reconciliation import Reconciliation

FILE = Path(__file__).parents[2] / "pipelines" / "shop-orders.yaml"


@pytest.fixture(autouse=True)
def shell(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The operator's shell has the settings of the emulated account."""
    for name, value in aws_environment(scene.session.proxy.url).items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="module")
def stream(scene: Scene) -> LedgerStream:
    return LedgerStream(scene.session.aws, scene.plan.platform)


@pytest.fixture(scope="module")
def tokens(scene: Scene, stream: LedgerStream) -> dict[str, str]:
    """Orders that end in every way, archived: landed and repeated, quarantined, given up and replayed."""
    good, twice = scene.order("good"), scene.order("good")
    invalid, hopeless = scene.order("invalid", lines=None), scene.order("hopeless", currency="QQQ")
    expected = {"good": good, "invalid": invalid, "hopeless": hopeless}
    scene.deliver(good, age=1)
    scene.evidence.wait_until("it lands", lambda: scene.statuses(good) == ["succeeded"])
    for order in (twice, invalid, hopeless):
        scene.deliver(order)
    scene.evidence.wait_until("it is repeated", lambda: len(scene.statuses(good)) == 2)
    scene.evidence.wait_until("it is quarantined", lambda: scene.statuses(invalid) == ["quarantined"])
    scene.evidence.wait_until("it is given up", lambda: scene.statuses(hopeless) == ["dead_lettered"])
    list(scene.replayer().replay(Selection()))
    scene.evidence.wait_until("it is given up again", lambda: len(scene.statuses(hopeless)) == 3)
    scene.wait_until_quiet()
    stream.tell(stream.records())
    return {name: scene.token(order) for name, order in expected.items()}


def run(*words: str) -> Result:
    return CliRunner().invoke(build_app((words[0],)), list(words))


def told(*words: str) -> Any:
    """Return what a command says as JSON, after it has ended with 0."""
    done = run(*words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return json.loads(done.stdout)


def listed(*words: str) -> list[tuple[str, str]]:
    done = run("ledger", "list", str(FILE), *words, "--json")
    assert done.exit_code == 0, (done.output, done.exception)
    return [(one["run_token"], one["status"]) for one in map(json.loads, done.stdout.splitlines())]


def reconciled(*, accepted: tuple[str, ...] = ()) -> Reconciliation:
    """Account for the last hour as of three minutes from now, when all of it must be archived."""
    now = utc_now() + timedelta(minutes=3)
    sources = Deployed.of(FILE, stage="dev", platform="pipelines").sources(now)
    return sources.reconcile(Window.of("1h", None, now), accepted or None, objects=True)


def test_entries_are_listed_by_time_status_run_token_and_parent(scene: Scene, tokens: dict[str, str]) -> None:
    assert set(listed()) == {
        (tokens["good"], "succeeded"),
        (tokens["good"], "duplicate"),
        (tokens["invalid"], "quarantined"),
        (tokens["hopeless"], "dead_lettered"),
        (tokens["hopeless"], "replayed"),
    }
    assert listed("--status", "quarantined") == [(tokens["invalid"], "quarantined")]
    assert listed("--tenant", "nobody") == []
    assert listed("--run-token", tokens["good"]) == [(tokens["good"], "succeeded"), (tokens["good"], "duplicate")]
    given_up = scene.evidence.entries(tokens["hopeless"], Status.DEAD_LETTERED)[0]
    assert [status for _, status in listed("--parent-run", given_up.run_id)] == ["replayed", "dead_lettered"]
    assert "quarantined" in run("ledger", "list", str(FILE)).stdout


def test_the_story_of_a_record_is_told_by_run_token_and_by_run_id_and_drawn(
    scene: Scene, tokens: dict[str, str], tmp_path: Path
) -> None:
    drawn = tmp_path / "story.svg"
    story = told("run", "show", str(FILE), tokens["hopeless"], "--picture", str(drawn))
    whats = [step["what"] for step in story["steps"]]
    assert whats == [
        "accepted",
        "queued",
        "attempt 1: dead lettered",
        "dead letter",
        "replayed",
        "queued",
        "attempt 1: dead lettered",
        "dead letter",
    ]
    assert drawn.read_text().startswith("<svg")
    run_id = scene.evidence.entries(tokens["hopeless"])[0].run_id
    assert told("run", "show", str(FILE), run_id)["run_token"] == tokens["hopeless"]
    assert "dead letters" in run("run", "show", str(FILE), tokens["hopeless"]).stdout


def test_the_export_has_what_is_listed(tokens: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    done = run("ledger", "export", str(FILE), "--output", str(file))
    assert done.exit_code == 0, (done.output, done.exception)
    exported = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    assert sorted((one["run_token"], one["status"]) for one in exported) == sorted(listed())


def test_everything_that_the_webhook_accepted_is_accounted_for_by_message_id(tokens: dict[str, str]) -> None:
    found = reconciled()
    assert found.proved, found
    assert (found.accepted, found.replays, found.unannounced) == (4, 1, 0)
    counts = {name: count for name, count in found.counts.items() if count}
    assert counts == {"succeeded": 1, "duplicate": 1, "quarantined": 1, "dead_lettered": 2}
    assert told("ledger", "reconcile", str(FILE), "--objects")["proved"] is True


def test_a_message_that_vanishes_from_the_buffer_is_named(scene: Scene, tokens: dict[str, str], tmp_path: Path) -> None:
    sqs, url = scene.session.aws.client("sqs"), scene.evidence.queue_url("buffer")
    with scene.session.held_back(scene.plan):
        sent = sqs.send_message(QueueUrl=url, MessageBody=json.dumps(scene.order("lost")))["MessageId"]
        assert reconciled(accepted=(sent,)).counts["in_flight"] == 1
        sqs.purge_queue(QueueUrl=url)
    scene.wait_until_quiet()
    assert [(one.code, one.id) for one in reconciled(accepted=(sent,)).unexplained] == [("message-lost", sent)]
    kept = tmp_path / "accepted.txt"
    kept.write_text(f"{sent}\n\n")
    done = run("ledger", "reconcile", str(FILE), "--accepted", str(kept))
    assert (done.exit_code, sent in done.stdout) == (1, True)


def test_a_letter_that_vanishes_and_an_object_that_is_gone_are_named(scene: Scene, tokens: dict[str, str]) -> None:
    scene.session.aws.client("sqs").purge_queue(QueueUrl=scene.evidence.queue_url("dlq"))
    (landed,) = scene.evidence.entries(tokens["good"], Status.SUCCEEDED)
    bucket, _, key = (landed.location or "").partition("#")[0].removeprefix("s3://").partition("/")
    s3 = scene.session.aws.client("s3")
    body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    s3.delete_object(Bucket=bucket, Key=key)
    try:
        found = reconciled()
    finally:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    assert {(one.code, one.run_token) for one in found.unexplained} == {
        ("letter-lost", tokens["hopeless"]),
        ("landed-object-missing", tokens["good"]),
    }


def test_evidence_is_intact_until_somebody_changes_table_or_archive(scene: Scene, tokens: dict[str, str]) -> None:
    before = told("ledger", "verify", str(FILE))
    assert (before["intact"], before["items"], before["not_archived_yet"]) == (True, 6, 0)
    dynamodb, table = scene.session.aws.client("dynamodb"), scene.plan.platform.ledger_table
    (item,) = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"shop-orders#{tokens['invalid']}"}},
    )["Items"]
    changed = {**item, "entry": {"S": item["entry"]["S"].replace('"stage":"dev"', '"stage":"prd"')}}
    dynamodb.put_item(TableName=table, Item=changed)
    s3, bucket = scene.session.aws.client("s3"), scene.session.aws.resolve(scene.plan.platform.evidence_bucket)
    key = s3.list_objects_v2(Bucket=bucket, Prefix="ledger/shop-orders/")["Contents"][0]["Key"]
    lines = unpack(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    s3.put_object(Bucket=bucket, Key=key, Body=pack(lines[::-1]))
    done = run("ledger", "verify", str(FILE), "--json")
    findings = {(one["code"], one["run_token"] or one["place"]) for one in json.loads(done.stdout)["findings"]}
    assert (done.exit_code, findings) == (1, {("entry-changed", tokens["invalid"]), ("object-rewritten", key)})
    shown = run("ledger", "verify", str(FILE), "--since", "1h")
    assert (shown.exit_code, "entry-changed" in shown.stdout) == (1, True)
