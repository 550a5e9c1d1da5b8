"""What the ledger's stream tells is archived whole, in order and once; what must not happen is told."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.archive_ledger.logic import Archive, Archived
from functions.contract.archive import UNREADABLE, archive_key, pack, unpack
from functions.contract.metric import EvidenceMetric
from functions.contract.seal import entries_of
from tests.runtime.memory_evidence import BY_TIME_TO_LIVE, FailingEvidence, inserted, record
from tests.runtime.store_contract import ENTRY

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC).timestamp()
DAY = "2026-01-02"
ENTRIES = [replace(ENTRY, run_token=f"{number:032x}", expires_at=1_800_000_000) for number in range(6)]
OTHER = [replace(entry, pipeline="other", parent_run_id="failed.1") for entry in ENTRIES]
SECRET = "payload-of-a-customer"


def archive(bucket: FailingEvidence, records: list[dict[str, Any]], now: float = NOON) -> Archived:
    return Archive(bucket, lambda: now, bucket.logger).archive(records)


def stream(entries: list[LedgerEntry], start: int = 1) -> list[dict[str, Any]]:
    return [inserted(number, entry) for number, entry in enumerate(entries, start)]


def lines(bucket: FailingEvidence, pipeline: str) -> list[str]:
    return [line for key in bucket.keys(f"ledger/{pipeline}/") for line in unpack(bucket.objects[key])]


def test_entries_are_archived_in_order_with_the_text_that_was_hashed() -> None:
    bucket = FailingEvidence()
    assert archive(bucket, stream(ENTRIES)).to_event() == {"batchItemFailures": []}
    assert list(bucket.objects) == [archive_key(ENTRY.pipeline, DAY, "1", "6")]
    assert lines(bucket, ENTRY.pipeline) == [entry.text for entry in ENTRIES]


def test_pipelines_of_one_batch_have_an_object_each() -> None:
    bucket = FailingEvidence()
    mixed = [entry for pair in zip(ENTRIES, OTHER, strict=True) for entry in pair]
    assert archive(bucket, stream(mixed)).counts == {}
    assert set(bucket.objects) == {
        archive_key(ENTRY.pipeline, DAY, "1", "11"),
        archive_key("other", DAY, "2", "12"),
    }
    assert lines(bucket, "other") == [entry.text for entry in OTHER]


def test_a_batch_that_is_told_twice_is_archived_once() -> None:
    bucket = FailingEvidence()
    archive(bucket, stream(ENTRIES))
    before = dict(bucket.objects)
    assert archive(bucket, stream(ENTRIES)).to_event() == {"batchItemFailures": []}
    assert bucket.objects == before
    assert [line["message"] for line in bucket.logged] == ["entries archived", "entries were archived before"]


def test_what_could_not_be_written_is_told_again_and_the_rest_is_there() -> None:
    bucket = FailingEvidence()
    bucket.down = {"ledger/other/"}
    mixed = [ENTRIES[0], OTHER[0], ENTRIES[1], OTHER[1]]
    archived = archive(bucket, stream(mixed))
    assert archived.to_event() == {"batchItemFailures": [{"itemIdentifier": "2"}]}
    assert archived.counts == {EvidenceMetric.NOT_ARCHIVED: 2}
    assert lines(bucket, ENTRY.pipeline) == [entry.text for entry in ENTRIES[:2]]
    bucket.down = set()
    assert archive(bucket, stream(mixed)[1:]).to_event() == {"batchItemFailures": []}
    assert lines(bucket, "other") == [entry.text for entry in OTHER[:2]]
    assert list(entries_of(lines(bucket, ENTRY.pipeline))) == [entry.text for entry in ENTRIES[:2]]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 6)), max_size=6))
def test_however_a_stream_is_cut_and_repeated_every_entry_is_there_once(parts: list[tuple[int, int]]) -> None:
    bucket = FailingEvidence()
    whole = stream(ENTRIES)
    for start, size in parts:
        archive(bucket, whole[start : start + size])
    for cut in range(0, 6, 2):
        archive(bucket, whole[cut : cut + 2])
    assert sorted(entries_of(lines(bucket, ENTRY.pipeline))) == sorted(entry.text for entry in ENTRIES)


@pytest.mark.parametrize(
    "wrong",
    [
        record("MODIFY", 1, {**ENTRY.to_item(), "entry": SECRET}),
        record("REMOVE", 1, {**ENTRY.to_item(), "entry": SECRET}),
        record("REMOVE", 1, ENTRY.to_item(), userIdentity={"type": "Service", "principalId": "someone.else"}),
    ],
)
def test_a_change_or_a_removal_is_counted_and_named_without_what_the_item_held(wrong: dict[str, Any]) -> None:
    bucket = FailingEvidence()
    archived = archive(bucket, [wrong, *stream(ENTRIES[:1], 2)])
    assert archived.counts == {EvidenceMetric.TAMPERED: 1}
    assert archived.retry == ()
    (told,) = [line for line in bucket.logged if line["level"] == "ERROR"]
    assert (told["operation"], told["pk"], told["sk"]) == (wrong["eventName"], ENTRY.pk, ENTRY.sk)
    assert SECRET not in bucket.log.getvalue()
    assert lines(bucket, ENTRY.pipeline) == [ENTRIES[0].text]


def test_what_time_to_live_removes_is_no_tampering() -> None:
    bucket = FailingEvidence()
    assert archive(bucket, [record("REMOVE", 1, ENTRY.to_item(), userIdentity=BY_TIME_TO_LIVE)]).counts == {}
    assert (bucket.objects, bucket.logged) == ({}, [])


KEYS = {"pk": ENTRY.pk, "sk": ENTRY.sk}


@pytest.mark.parametrize(
    "item",
    [
        KEYS,
        {**KEYS, "entry": "no JSON"},
        {**KEYS, "entry": "[" * 100_000},
        {**KEYS, "entry": '{"tenant":"\\ud800"}'},
        {**ENTRY.to_item(), "sk": "unheard-of"},
        {**ENTRY.to_item(), "expires_at": "soon"},
        {**ENTRY.to_item(), "entry": ENTRY.to_item()["entry"].replace('"tenant":"', '"tenant":"\\ud800')},
        {**ENTRY.to_item(), "pk": f"{ENTRY.pipeline}/date=2020-01-01#token"},
        {**ENTRY.to_item(), "pk": "../seals#token"},
        {**ENTRY.to_item(), "pk": "token"},
        {**ENTRY.to_item(), "sk": "failed#of-another-run"},
    ],
    ids=range(11),
)
def test_an_item_that_is_no_entry_is_archived_apart_and_blocks_nothing(item: dict[str, Any]) -> None:
    bucket = FailingEvidence()
    archived = archive(bucket, [*stream(ENTRIES[:1]), record("INSERT", 2, item), *stream(ENTRIES[1:2], 3)])
    assert archived.to_event() == {"batchItemFailures": []}
    assert archived.counts == {EvidenceMetric.TAMPERED: 1}
    assert set(bucket.objects) == {archive_key(ENTRY.pipeline, DAY, "1", "3"), archive_key(UNREADABLE, DAY, "2", "2")}
    assert lines(bucket, ENTRY.pipeline) == [entry.text for entry in ENTRIES[:2]]
    assert len(lines(bucket, UNREADABLE)) == 1


def test_an_image_that_the_stream_leaves_out_blocks_nothing() -> None:
    bucket = FailingEvidence()
    told = inserted(1, ENTRY)
    del told["dynamodb"]["NewImage"]
    assert archive(bucket, [told]).to_event() == {"batchItemFailures": []}
    assert [json.loads(line) for line in lines(bucket, UNREADABLE)] == [{"pk": {"S": ENTRY.pk}, "sk": {"S": ENTRY.sk}}]


def test_the_day_is_the_one_of_writing() -> None:
    bucket = FailingEvidence()
    archive(bucket, stream(ENTRIES[:1]), now=datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC).timestamp())
    archive(bucket, stream(ENTRIES[1:2], 2), now=datetime(2026, 1, 3, tzinfo=UTC).timestamp())
    assert [key.split("/")[2] for key in bucket.objects] == ["date=2026-01-02", "date=2026-01-03"]


def test_an_object_without_a_byte_is_damaged_and_no_empty_archive() -> None:
    assert unpack(pack([])) == []
    with pytest.raises(ValueError, match="empty"):
        unpack(b"")
