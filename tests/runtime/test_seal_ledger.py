"""Every day that is over is sealed once and in order; nothing that is there is touched, nothing wrong is silent."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from functions.contract.archive import archive_key, pack, seal_key
from functions.contract.seal import Seal, SealedObject, merkle_root
from functions.seal_ledger.logic import DayNotOverError, Outcome, Sealer
from tests.runtime.memory_evidence import FailingEvidence
from tests.runtime.store_contract import ENTRY

FIRST, SECOND, THIRD = "2026-01-01", "2026-01-02", "2026-01-05"
ENTRIES = [replace(ENTRY, run_token=f"{number:032x}") for number in range(6)]
PIPELINE = ENTRY.pipeline


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NIGHT = at("2026-01-06T00:30:00")


def filled(*days: str) -> FailingEvidence:
    """Return an archive with two entries on each day."""
    bucket = FailingEvidence()
    for number, day in enumerate(days):
        put(bucket, day, number * 2, number * 2 + 2)
    return bucket


def put(bucket: FailingEvidence, day: str, start: int, end: int, pipeline: str = PIPELINE) -> str:
    key = archive_key(pipeline, day, str(start), str(end - 1))
    bucket.objects[key] = pack([replace(entry, pipeline=pipeline).text for entry in ENTRIES[start:end]])
    return key


def run(bucket: FailingEvidence, now: float = NIGHT) -> Outcome:
    return Sealer(bucket, lambda: now, bucket.logger).seal_all()


def sealed(bucket: FailingEvidence, day: str, pipeline: str = PIPELINE) -> Seal:
    return Seal.from_json(bucket.objects[seal_key(pipeline, day)].decode())


def test_a_seal_names_objects_entries_and_the_seal_before_it() -> None:
    bucket = filled(FIRST, SECOND)
    assert run(bucket).sealed == [seal_key(PIPELINE, FIRST), seal_key(PIPELINE, SECOND)]
    first, second = sealed(bucket, FIRST), sealed(bucket, SECOND)
    key = archive_key(PIPELINE, FIRST, "0", "1")
    assert first.objects == (SealedObject(key, sha256(bucket.objects[key]).hexdigest(), 2),)
    assert (first.count, first.merkle_root) == (2, merkle_root(entry.hash for entry in ENTRIES[:2]))
    assert (first.previous_day, first.previous_hash) == (None, None)
    assert (second.previous_day, second.previous_hash) == (FIRST, first.hash)
    assert first.sealed_at == "2026-01-06T00:30:00.000+00:00"


def test_a_second_run_changes_nothing() -> None:
    bucket = filled(FIRST, SECOND)
    run(bucket)
    before = dict(bucket.objects)
    again = run(bucket, NIGHT + 3600)
    assert (again.sealed, again.is_well) == ([], True)
    assert bucket.objects == before


def test_days_that_a_missed_run_left_are_caught_up_in_order() -> None:
    bucket = filled(FIRST)
    run(bucket, at("2026-01-02T00:30:00"))
    put(bucket, SECOND, 2, 4)
    put(bucket, THIRD, 4, 6)
    assert run(bucket).sealed == [seal_key(PIPELINE, SECOND), seal_key(PIPELINE, THIRD)]
    assert sealed(bucket, SECOND).previous_hash == sealed(bucket, FIRST).hash
    assert sealed(bucket, THIRD).previous_hash == sealed(bucket, SECOND).hash


@pytest.mark.parametrize(
    ("now", "is_over"),
    [
        ("2026-01-05T23:59:59", False),
        ("2026-01-06T00:14:59", False),
        ("2026-01-06T00:15:00", True),
        ("2026-01-04T12:00:00", False),
    ],
)
def test_a_day_is_over_when_nothing_can_be_added_to_it(now: str, is_over: bool) -> None:
    bucket = filled(THIRD)
    assert run(bucket, at(now)).sealed == ([seal_key(PIPELINE, THIRD)] if is_over else [])


def test_a_day_that_is_not_over_is_refused() -> None:
    bucket = filled(THIRD)
    with pytest.raises(DayNotOverError, match="not over"):
        Sealer(bucket, lambda: at("2026-01-05T12:00:00"), bucket.logger).seal(PIPELINE, THIRD, None)
    assert seal_key(PIPELINE, THIRD) not in bucket.objects


def test_entries_in_overlapping_objects_count_once() -> None:
    bucket = FailingEvidence()
    put(bucket, FIRST, 0, 4)
    put(bucket, FIRST, 2, 5)
    run(bucket)
    seal = sealed(bucket, FIRST)
    assert (seal.count, [part.count for part in seal.objects]) == (5, [4, 3])
    assert seal.merkle_root == merkle_root(entry.hash for entry in ENTRIES[:5])


def test_pipelines_are_sealed_apart_and_one_that_fails_leaves_the_others_alone() -> None:
    bucket = filled(FIRST)
    put(bucket, FIRST, 0, 3, "other")
    bucket.down = {f"ledger/{PIPELINE}/"}
    found = run(bucket)
    assert (found.sealed, found.unsealed, found.is_well) == ([seal_key("other", FIRST)], [PIPELINE], False)
    bucket.down = set()
    assert run(bucket).sealed == [seal_key(PIPELINE, FIRST)]
    assert sealed(bucket, FIRST, "other").count == 3


def test_entries_that_appear_in_a_day_that_is_sealed_over_are_reported_and_not_sealed() -> None:
    bucket = filled(SECOND)
    run(bucket)
    put(bucket, FIRST, 2, 4)
    put(bucket, THIRD, 4, 6)
    found = run(bucket)
    assert found.unsealed == [f"{PIPELINE}/{FIRST}"]
    assert found.sealed == [seal_key(PIPELINE, THIRD)]
    assert seal_key(PIPELINE, FIRST) not in bucket.objects
    assert [line["day"] for line in bucket.logged if line["level"] == "ERROR"] == [FIRST]


def test_an_object_that_cannot_be_read_is_sealed_by_its_bytes_and_reported() -> None:
    bucket = filled(FIRST)
    damaged = archive_key(PIPELINE, FIRST, "8", "9")
    bucket.objects[damaged] = b"\x1f\x8bno gzip"
    found = run(bucket)
    assert (found.damaged, found.is_well) == ([damaged], False)
    assert sealed(bucket, FIRST).objects[1] == SealedObject(damaged, sha256(b"\x1f\x8bno gzip").hexdigest(), 0)
    assert sealed(bucket, FIRST).count == 2
    assert run(bucket).is_well


def test_a_damaged_seal_stops_its_pipeline_and_is_reported() -> None:
    bucket = filled(FIRST, SECOND)
    run(bucket, at("2026-01-02T00:30:00"))
    text = json.loads(bucket.objects[seal_key(PIPELINE, FIRST)])
    bucket.objects[seal_key(PIPELINE, FIRST)] = json.dumps(text).encode()
    found = run(bucket)
    assert (found.sealed, found.unsealed) == ([], [PIPELINE])
    assert seal_key(PIPELINE, SECOND) not in bucket.objects


class Slow(FailingEvidence):
    """Another run writes each seal just before this one does."""

    def add(self, key: str, body: bytes) -> bool:
        if key not in self.objects:
            seal = Seal.from_json(body.decode())
            self.objects[key] = replace(seal, sealed_at="2026-01-06T00:29:59.000+00:00").to_json().encode()
        return super().add(key, body)


def test_of_two_runs_at_once_the_first_seal_stands_and_the_chain_goes_on_from_it() -> None:
    bucket = Slow()
    put(bucket, FIRST, 0, 2)
    put(bucket, SECOND, 2, 4)
    assert run(bucket).sealed == []
    assert sealed(bucket, FIRST).sealed_at == "2026-01-06T00:29:59.000+00:00"
    assert sealed(bucket, SECOND).previous_hash == sealed(bucket, FIRST).hash


def test_without_an_archive_there_is_nothing_to_seal() -> None:
    assert run(FailingEvidence()) == Outcome()
