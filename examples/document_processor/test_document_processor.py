"""A batch of ten with two bad documents returns two failures, and a function without its settings does not start."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.environment import Variable
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial

BAD = (3, 7)
EVENTS = Path(__file__).parent / "events"
GOOD, UNFINISHED = ((EVENTS / name).read_bytes() for name in ("good.txt", "unfinished.txt"))


class Archive:
    """Whoever puts documents into the bucket."""

    def __init__(self, trial: Trial) -> None:
        plan = trial.plans["document-notes"]
        self.s3: Any = trial.client("s3")
        self.functions: Any = trial.client("lambda")
        self.function = plan.function(plan.runner).name
        self.evidence = trial.evidence("document-notes")
        self.bucket = trial.resolve(plan.resource("source-bucket").name)

    def put(self, name: str, text: bytes = GOOD) -> str:
        """Put a document and return the run token of this version of it."""
        key = f"documents/{name}.txt"
        version = self.s3.put_object(Bucket=self.bucket, Key=key, Body=text)["VersionId"]
        return self.evidence.run_token(self.bucket, key, version)

    def told(self, number: int, key: str) -> dict[str, Any]:
        """Return a message of the queue as Lambda hands it over."""
        version = self.s3.head_object(Bucket=self.bucket, Key=key)["VersionId"]
        about = {"bucket": {"name": self.bucket}, "object": {"key": key, "size": 9, "versionId": version}}
        body = json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": about}]})
        system = {"ApproximateReceiveCount": "1", "SentTimestamp": "1795255200000"}
        return {"messageId": f"m-{number}", "receiptHandle": "none", "body": body, "attributes": system}

    def invoke(self, records: list[dict[str, Any]], qualifier: str = "live") -> dict[str, Any]:
        answer: dict[str, Any] = self.functions.invoke(
            FunctionName=self.function, Qualifier=qualifier, Payload=json.dumps({"Records": records})
        )
        return {**answer, "Payload": answer["Payload"].read().decode()}


@pytest.fixture(scope="module")
def archive(example: Trial) -> Archive:
    return Archive(example)


def test_a_batch_of_ten_with_two_bad_documents_returns_two_failures(archive: Archive, example: Trial) -> None:
    with example.session.held_back(example.plans["document-notes"]):
        for number in range(10):
            archive.put(f"batch-{number}", UNFINISHED if number in BAD else GOOD)
        batch = [archive.told(number, f"documents/batch-{number}.txt") for number in range(10)]
        answer = json.loads(archive.invoke(batch)["Payload"])
    assert answer == {"batchItemFailures": [{"itemIdentifier": f"m-{number}"} for number in BAD]}


def test_good_documents_are_counted_and_bad_ones_end_in_the_dead_letter_queue(archive: Archive) -> None:
    good, bad = archive.put("good"), archive.put("bad", UNFINISHED)

    def last(token: str) -> Status | None:
        entries = archive.evidence.entries(token)
        return entries[-1].status if entries else None

    archive.evidence.wait_until("both came to their end", lambda: last(bad) is Status.DEAD_LETTERED)
    assert last(good) is Status.SUCCEEDED
    (landed,) = archive.evidence.landed(good)
    assert json.loads(landed.text) == {"document": "documents/good.txt", "language": "en", "words": 3}
    assert [letter.error_type for letter in archive.evidence.dead_letters(bad)] == ["Recoverable"]


@pytest.mark.parametrize("missing", ["LANGUAGE", Variable.LEDGER_TABLE])
def test_a_missing_variable_stops_the_cold_start(archive: Archive, missing: str) -> None:
    found = archive.functions.get_function_configuration(FunctionName=archive.function)["Environment"]["Variables"]
    without = {name: value for name, value in found.items() if name != missing}
    archive.functions.update_function_configuration(FunctionName=archive.function, Environment={"Variables": without})
    try:
        answer = archive.invoke([], "$LATEST")
    finally:
        archive.functions.update_function_configuration(FunctionName=archive.function, Environment={"Variables": found})
    assert answer["FunctionError"] == "Unhandled"
    assert missing in answer["Payload"]
