"""Replaying dead letters: what is selected and nothing else, recorded, and safe when it breaks off in the middle."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ConnectionClosedError
from typer.testing import CliRunner

from constructs_lib.cli import build_app
from constructs_lib.local.emulator import aws_environment
from constructs_lib.local.faults import Action, Fault
from constructs_lib.operations.replay import Selection

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene

DECLARATION = Path(__file__).parents[2] / "pipelines" / "shop-orders.yaml"


@pytest.fixture(autouse=True)
def no_dead_letters(scene: Scene) -> None:
    scene.wait_until_quiet()
    scene.session.aws.client("sqs").purge_queue(QueueUrl=scene.evidence.queue_url("dlq"))


def given_up(scene: Scene, name: str) -> str:
    """Return the run token of an order that the handler has given up: its currency does not exist."""
    order = scene.order(name, currency="QQQ")
    scene.deliver(order)
    scene.evidence.wait_until("it is given up", lambda: scene.statuses(order)[-1:] == ["dead_lettered"])
    scene.wait_until_quiet()
    return scene.token(order)


def letters(scene: Scene, *tokens: str) -> list[int]:
    return [len(scene.evidence.dead_letters(token)) for token in tokens]


def statuses(scene: Scene, token: str) -> list[str]:
    return [entry.status.value for entry in scene.evidence.entries(token)]


def test_only_the_selected_run_token_is_replayed(scene: Scene) -> None:
    one, other = given_up(scene, "one"), given_up(scene, "other")
    (replayed,) = scene.replayer().replay(Selection(run_token=one))
    assert replayed.letter.failure is not None
    assert replayed.letter.failure.run_token == one
    scene.evidence.wait_until("it fails again", lambda: statuses(scene, one)[-1:] == ["dead_lettered"])
    assert statuses(scene, one) == ["dead_lettered", "replayed", "dead_lettered"]
    assert statuses(scene, other) == ["dead_lettered"]
    assert letters(scene, other) == [1]


def test_a_run_that_fails_again_is_not_replayed_in_the_same_go(scene: Scene) -> None:
    token = given_up(scene, "again")
    replay = scene.replayer().replay(Selection())
    next(replay)
    scene.evidence.wait_until("it fails again", lambda: len(statuses(scene, token)) == 3)
    assert list(replay) == []
    assert letters(scene, token) == [1]


def test_the_entry_names_the_operator_and_the_failed_run(scene: Scene) -> None:
    token = given_up(scene, "named")
    (failed,) = scene.evidence.entries(token)
    list(scene.replayer().replay(Selection(run_token=token)))
    scene.evidence.wait_until("it fails again", lambda: len(statuses(scene, token)) == 3)
    entry, again = scene.evidence.entries(token)[1:]
    assert (entry.function, entry.parent_run_id) == (scene.replayer().sender.operator, failed.run_id)
    assert again.parent_run_id == failed.run_id


@pytest.mark.parametrize(
    ("selection", "expected"),
    [(Selection(error_type="Permanent"), 2), (Selection(error_type="SlowDown"), 0), (Selection(limit=1), 1)],
)
def test_error_type_and_limit_select(scene: Scene, selection: Selection, expected: int) -> None:
    tokens = [given_up(scene, f"{name}-{expected}") for name in ("first", "second")]
    assert len(list(scene.replayer().replay(selection))) == expected
    assert sum("replayed" in statuses(scene, token) for token in tokens) == expected


def test_a_dry_run_shows_what_is_meant_and_changes_nothing(scene: Scene) -> None:
    token = given_up(scene, "dry")
    (shown,) = scene.replayer().replay(Selection(run_token=token), dry_run=True)
    assert shown.message_id is None
    assert letters(scene, token) == [1]
    assert statuses(scene, token) == ["dead_lettered"]


def test_a_replay_that_breaks_off_before_the_letter_is_removed_is_repeated_without_a_second_effect(
    scene: Scene,
) -> None:
    order = scene.order("broken-off")
    fault = Fault(service="s3", action=Action.ANSWER, operation="PutObject", code="SlowDown")
    with scene.session.proxy.faults.active(fault):
        scene.deliver(order)
        scene.evidence.wait_until("it is given up", lambda: scene.statuses(order)[-1:] == ["dead_lettered"], 40)
        scene.wait_until_quiet()
    token, selection = scene.token(order), Selection(run_token=scene.token(order))
    lost = Fault(service="sqs", action=Action.DROP_BEFORE, operation="DeleteMessage", resource="shop-orders-dev-dlq")
    with scene.session.proxy.faults.active(lost), pytest.raises(ConnectionClosedError):
        list(scene.replayer().replay(selection))
    scene.evidence.wait_until("it lands", lambda: scene.statuses(order)[-1:] == ["succeeded"])
    assert letters(scene, token) == [1]
    list(scene.replayer().replay(selection))
    scene.evidence.wait_until("the second is recorded", lambda: scene.statuses(order)[-1:] == ["duplicate"])
    assert scene.statuses(order)[-4:] == ["replayed", "succeeded", "replayed", "duplicate"]
    assert len(scene.evidence.landed(token)) == 1
    assert letters(scene, token) == [0]


def test_a_letter_that_sqs_moved_itself_is_replayed_and_recorded(scene: Scene) -> None:
    order = scene.order("moved")
    sqs = scene.session.aws.client("sqs")
    shop = {"path.shop_id": {"DataType": "String", "StringValue": "dublin-1"}}
    sqs.send_message(QueueUrl=scene.evidence.queue_url("dlq"), MessageBody=json.dumps(order), MessageAttributes=shop)
    (replayed,) = scene.replayer().replay(Selection())
    scene.evidence.wait_until("it lands", lambda: scene.statuses(order) == ["succeeded"])
    recorded = [entry for entry in scene.evidence.every_entry() if entry.parent_run_id == replayed.letter.run_id]
    assert [entry.status.value for entry in recorded] == ["replayed", "succeeded"]


def test_the_commands_replay_and_show_the_ledger(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws_environment(scene.session.proxy.url).items():
        monkeypatch.setenv(name, value)
    token = given_up(scene, "command")
    runner, app = CliRunner(), build_app(("replay", "ledger"))
    dry = runner.invoke(app, ["replay", str(DECLARATION), "--run-token", token, "--dry-run"])
    assert (dry.exit_code, "1 would be replayed" in dry.stdout, letters(scene, token)) == (0, True, [1])
    done = runner.invoke(app, ["replay", str(DECLARATION), "--run-token", token])
    assert (done.exit_code, "1 replayed" in done.stdout) == (0, True)
    scene.evidence.wait_until("it fails again", lambda: len(statuses(scene, token)) == 3)
    shown = runner.invoke(app, ["ledger", "list", str(DECLARATION), "--run-token", token, "--json"])
    told = [json.loads(line)["status"] for line in shown.stdout.splitlines()]
    assert told == ["dead_lettered", "replayed", "dead_lettered"]
    assert "replayed" in runner.invoke(app, ["ledger", "list", str(DECLARATION), "--run-token", token]).stdout
