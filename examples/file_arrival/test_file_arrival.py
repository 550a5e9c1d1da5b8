"""A good file goes on; a bad one is kept in quarantine with the reason; what is no list is not even looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from functions.contract.ledger import LedgerEntry, Status

if TYPE_CHECKING:
    from constructs_lib.local.trial import Trial

EVENTS = Path(__file__).parent / "events"


class Suppliers:
    """Whoever delivers files to the pipeline's bucket, one after the other."""

    def __init__(self, trial: Trial) -> None:
        plan = trial.plans["price-lists"]
        self.s3: Any = trial.client("s3")
        self.evidence = trial.evidence("price-lists")
        self.bucket = trial.resolve(plan.resource("source-bucket").name)
        self.accepted = trial.resolve(plan.resource("output-accepted-bucket").name)

    def put(self, key: str, body: bytes) -> None:
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)

    def deliver(self, key: str, body: bytes) -> LedgerEntry:
        """Put a file and return the one entry that its arrival brings."""
        before = {entry.hash for entry in self.evidence.every_entry()}
        self.put(key, body)
        self.evidence.wait_until("the file came to something", lambda: len(self.evidence.every_entry()) > len(before))
        self.evidence.wait_until_quiet()
        (entry,) = (entry for entry in self.evidence.every_entry() if entry.hash not in before)
        return entry

    def landed(self, entry: LedgerEntry) -> list[Any]:
        return [json.loads(record.text) for record in self.evidence.landed(entry.run_token)]

    def quarantined(self, entry: LedgerEntry) -> dict[str, Any]:
        (kept,) = self.evidence.quarantined(entry.run_token)
        found: dict[str, Any] = json.loads(kept.text)
        return found

    def handed_on(self) -> dict[str, bytes]:
        keys = [one["Key"] for one in self.s3.list_objects_v2(Bucket=self.accepted).get("Contents", [])]
        return {key: self.s3.get_object(Bucket=self.accepted, Key=key)["Body"].read() for key in keys}


@pytest.fixture(scope="module")
def suppliers(example: Trial) -> Suppliers:
    return Suppliers(example)


def test_a_good_file_goes_on_under_its_own_name_and_its_rows_land(suppliers: Suppliers) -> None:
    body = (EVENTS / "good.csv").read_bytes()
    entry = suppliers.deliver("incoming/liste d'été+1.csv", body)
    assert entry.status is Status.SUCCEEDED
    assert suppliers.handed_on()["accepted/liste d'été+1.csv"] == body
    assert [(row["sku"], row["price"]) for row in suppliers.landed(entry)] == [("a-1", "10.50"), ("a-2", "3")]


def test_a_bad_file_is_quarantined_with_the_reason_and_nothing_of_it_goes_on(suppliers: Suppliers) -> None:
    entry = suppliers.deliver("incoming/bad.csv", (EVENTS / "bad.csv").read_bytes())
    assert entry.status is Status.QUARANTINED
    assert "line 3: no sku with a price" in suppliers.quarantined(entry)["error"]
    assert suppliers.landed(entry) == []
    assert "accepted/bad.csv" not in suppliers.handed_on()


def test_a_file_that_is_too_large_is_quarantined_unread(suppliers: Suppliers) -> None:
    entry = suppliers.deliver("incoming/large.csv", b"sku,price\n" + b"a-1,1\n" * 2000)
    assert (entry.status, entry.duration_ms) == (Status.QUARANTINED, 0)
    assert suppliers.quarantined(entry)["error_code"] == "object-too-large"


def test_a_file_that_is_delivered_again_is_looked_at_again_and_the_first_list_stays(suppliers: Suppliers) -> None:
    first, second = (
        suppliers.deliver("incoming/twice.csv", body) for body in (b"sku,price\nb-1,1\n", b"sku,price\nb-1,2\n")
    )
    assert (first.status, second.status) == (Status.SUCCEEDED, Status.SUCCEEDED)
    assert first.run_token != second.run_token
    assert suppliers.landed(second)[0]["price"] == "2"
    assert suppliers.handed_on()["accepted/twice.csv"] == b"sku,price\nb-1,1\n"


def test_what_is_no_list_starts_nothing(suppliers: Suppliers) -> None:
    before = len(suppliers.evidence.every_entry())
    for key, body in (("incoming/notes.txt", b"x"), ("elsewhere/list.csv", b"x"), ("incoming/empty.csv", b"")):
        suppliers.put(key, body)
    assert suppliers.deliver("incoming/last.csv", b"sku,price\n").status is Status.SUCCEEDED
    assert len(suppliers.evidence.every_entry()) == before + 1
