"""Poison is isolated with its position and the shard moves on; what fails for a while lands; a letter is replayed."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.trial import Trial
    from functions.contract.ledger import LedgerEntry

ROUTES = "shipments-dev-routes"
SAMPLE = json.loads((Path(__file__).parent / "events" / "records.json").read_text())["Records"][0]["kinesis"]
LANE = SAMPLE["partitionKey"]


@pytest.fixture(scope="module")
def evidence(example: Trial) -> Evidence:
    for destination, closed_for in (("DUB", 0), ("CRK", 1)):
        add_route(example, destination, closed_for)
    return example.evidence("shipments")


def add_route(example: Trial, destination: str, closed_for: int = 0) -> None:
    item = {"destination": {"S": destination}, "depot": {"S": "west"}, "closed_for": {"N": str(closed_for)}}
    example.client("dynamodb").put_item(TableName=ROUTES, Item=item)


def put(example: Trial, *texts: str) -> list[str]:
    """Put records of one lane and return their event ids."""
    stream = example.client("kinesis")
    name = example.plans["shipments"].resource("stream").name
    told = [stream.put_record(StreamName=name, Data=text.encode(), PartitionKey=LANE) for text in texts]
    return [f"{one['ShardId']}:{one['SequenceNumber']}" for one in told]


def shipment(number: int, destination: str) -> str:
    return json.dumps({"shipment_id": f"s-{number}", "destination": destination})


def entries(evidence: Evidence, event_id: str) -> list[LedgerEntry]:
    return list(evidence.entries(evidence.run_token(event_id)))


def wait_for(evidence: Evidence, event_id: str, status: Status) -> None:
    token = evidence.run_token(event_id)
    evidence.wait_until(f"{event_id} {status.value}", lambda: bool(evidence.entries(token, status)))


def letters(example: Trial, evidence: Evidence) -> list[dict[str, Any]]:
    answer = example.client("sqs").receive_message(
        QueueUrl=evidence.queue_url("dlq"), VisibilityTimeout=0, MessageAttributeNames=["All"], MaxNumberOfMessages=10
    )
    return list(answer.get("Messages", []))


def test_poison_is_isolated_with_its_position_and_the_shard_moves_on(example: Trial, evidence: Evidence) -> None:
    texts = [base64.b64decode(SAMPLE["data"]).decode(), shipment(2, "XXX"), shipment(3, "DUB")]
    first, poison, last = put(example, *texts)
    wait_for(evidence, last, Status.SUCCEEDED)
    assert [entry.status for entry in entries(evidence, first)] == [Status.SUCCEEDED]
    (given_up,) = entries(evidence, poison)
    assert (given_up.status, given_up.error_message) == (Status.DEAD_LETTERED, "no route to XXX")
    (letter,) = letters(example, evidence)
    assert json.loads(letter["Body"])["eventID"] == poison
    position = json.loads(letter["MessageAttributes"]["position"]["StringValue"])
    assert f"{position['shard']}:{position['sequence_number']}" == poison
    add_route(example, "XXX")
    assert example.replay("shipments") == 1
    assert [entry.status for entry in entries(evidence, poison)][1:] == [Status.REPLAYED, Status.SUCCEEDED]
    assert entries(evidence, poison)[-1].parent_run_id == given_up.run_id
    assert letters(example, evidence) == []


def test_what_fails_for_a_while_is_tried_again_and_keeps_its_place(example: Trial, evidence: Evidence) -> None:
    closed, behind = put(example, shipment(4, "CRK"), shipment(5, "DUB"))
    wait_for(evidence, behind, Status.SUCCEEDED)
    assert [entry.status for entry in entries(evidence, closed)] == [Status.FAILED, Status.SUCCEEDED]
    assert entries(evidence, closed)[-1].recorded_at <= entries(evidence, behind)[-1].recorded_at


def test_what_is_no_shipment_is_kept_apart_and_holds_up_nothing(example: Trial, evidence: Evidence) -> None:
    broken, good = put(example, "no shipment", shipment(6, "DUB"))
    wait_for(evidence, good, Status.SUCCEEDED)
    (quarantined,) = entries(evidence, broken)
    assert (quarantined.status, quarantined.error_type) == (Status.QUARANTINED, "body-not-json")


def test_everything_that_the_runner_saw_is_accounted_for(example: Trial, evidence: Evidence) -> None:
    (last,) = put(example, shipment(7, "DUB"))
    wait_for(evidence, last, Status.SUCCEEDED)
    found = example.reconcile("shipments")
    assert (found.proved, found.accepted) == (True, None)
