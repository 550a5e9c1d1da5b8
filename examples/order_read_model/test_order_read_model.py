"""Written orders come through the stream into the view that answers; and the view is built again from the stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.local.callers import ask, user
from functions.contract.ledger import Status
from functions.runtime.stores.values import from_attributes

if TYPE_CHECKING:
    from botocore.credentials import Credentials

    from constructs_lib.local.trial import Trial

PLACED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "events" / "commands.json").read_text())
THEN = [
    {"command_id": "k-4", "do": "cancel", "order_id": "o-2"},
    {"command_id": "k-5", "do": "forget", "order_id": "o-3"},
]
CHANGES = len(PLACED) + len(THEN)


@pytest.fixture(scope="module")
def customer(example: Trial) -> Credentials:
    return user(example.session, "shop-front", allowed=True)


@pytest.fixture(scope="module")
def written(example: Trial) -> Trial:
    """Orders are placed, one is cancelled and one forgotten, while the second projection does not read yet."""
    with example.session.held_back(example.plans["order-projection-2"]):
        for commands in (PLACED, THEN):
            for command in commands:
                send(example, command)
            done = [command["command_id"] for command in commands]
            wait_for(example, "order-commands", *done)
        wait_for_changes(example, "order-projection")
        assert view(example, "order-projection-2") == []
    return example


def send(example: Trial, command: dict[str, Any]) -> None:
    url = example.evidence("order-commands").queue_url("buffer")
    example.client("sqs").send_message(QueueUrl=url, MessageBody=json.dumps(command))


def wait_for(example: Trial, pipeline: str, *keys: str) -> None:
    evidence = example.evidence(pipeline)
    tokens = [evidence.run_token(key) for key in keys]
    evidence.wait_until("all carried out", lambda: all(evidence.entries(token, Status.SUCCEEDED) for token in tokens))


def changes(example: Trial, pipeline: str) -> int:
    return sum(entry.status is Status.SUCCEEDED for entry in example.evidence(pipeline).every_entry())


def wait_for_changes(example: Trial, pipeline: str) -> None:
    evidence = example.evidence(pipeline)
    evidence.wait_until("every change is projected", lambda: changes(example, pipeline) == CHANGES)


def view(example: Trial, pipeline: str) -> list[dict[str, Any]]:
    items = example.client("dynamodb").scan(TableName=f"{pipeline}-dev-view")["Items"]
    return sorted((from_attributes(item) for item in items), key=lambda item: str(item["order_id"]))


def test_what_was_written_is_what_is_told(written: Trial, customer: Credentials) -> None:
    answer = ask(written.session, written.plans["order-queries"], {}, path={"customer": "c-1"}, caller=customer)
    assert answer.status_code == 200
    assert answer.json() == {
        "orders": [
            {"order_id": "o-1", "status": "open", "cents": 500},
            {"order_id": "o-2", "status": "cancelled", "cents": 250},
        ],
        "open_cents": 500,
    }


def test_the_view_is_built_again_from_the_beginning_of_the_stream(written: Trial) -> None:
    wait_for_changes(written, "order-projection-2")
    assert view(written, "order-projection-2") == view(written, "order-projection") != []


def test_a_command_that_is_sent_again_changes_nothing(written: Trial) -> None:
    before = changes(written, "order-projection")
    send(written, PLACED[0])
    evidence = written.evidence("order-commands")
    token = evidence.run_token("k-1")
    evidence.wait_until("known again", lambda: bool(evidence.entries(token, Status.DUPLICATE)))
    assert changes(written, "order-projection") == before


def test_who_only_reads_the_stream_may_not_write_the_orders(written: Trial) -> None:
    grants = written.plans["order-projection"].function("project").grants
    allowed = {action for grant in grants for action in grant.actions for name in grant.resources if "orders" in name}
    assert allowed == {
        f"dynamodb:{call}" for call in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    }
