"""A seal stands for exactly the entries of a day: any change, loss, addition or move shows in it."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.identity import canonical_json, text_hash
from functions.contract.seal import EMPTY_ROOT, Seal, SealedObject, entries_of, item_of, merkle_root
from tests.runtime.store_contract import ENTRY

HASHES = st.text().map(text_hash)
ROWS = st.lists(HASHES, unique=True, max_size=40)
DAYS = st.dates().map(lambda day: day.isoformat())
LINKS = st.just((None, None)) | st.tuples(st.just("0001-01-01"), HASHES)
SEALS = st.builds(
    lambda link, **values: Seal(previous_day=link[0], previous_hash=link[1], **values),
    link=LINKS,
    pipeline=st.text(st.characters(exclude_categories=["Cs"])),
    day=DAYS.filter(lambda day: day > "0001-01-01"),
    count=st.integers(0),
    merkle_root=HASHES,
    objects=st.lists(st.builds(SealedObject, st.text("abc/"), HASHES, st.integers(0)), max_size=3).map(tuple),
    sealed_at=st.just("2026-01-02T00:30:00.000Z"),
)
SEAL = Seal(
    pipeline="orders",
    day="2026-01-02",
    count=1,
    merkle_root=merkle_root([ENTRY.hash]),
    objects=(SealedObject("ledger/orders/a", "a" * 64, 1),),
    previous_day="2026-01-01",
    previous_hash="b" * 64,
    sealed_at="2026-01-03T00:30:00.000Z",
)


def by_definition(hashes: list[bytes]) -> bytes:
    """The tree as RFC 6962, section 2.1 defines it: split at the largest power of two below the count."""
    if len(hashes) <= 1:
        return sha256(b"\x00" + hashes[0] if hashes else b"").digest()
    split = 1 << (len(hashes) - 1).bit_length() - 1
    return sha256(b"\x01" + by_definition(hashes[:split]) + by_definition(hashes[split:])).digest()


@given(ROWS)
def test_the_root_is_that_of_the_tree_as_defined(hashes: list[str]) -> None:
    assert merkle_root(hashes) == by_definition([bytes.fromhex(value) for value in hashes]).hex()


def test_roots_of_nothing_one_and_two_are_as_written_by_hand() -> None:
    left, right = (sha256(b"\x00" + bytes.fromhex(letter * 64)).digest() for letter in "ab")
    assert merkle_root([]) == EMPTY_ROOT == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert merkle_root(["a" * 64]) == left.hex()
    assert merkle_root(["a" * 64, "b" * 64]) == sha256(b"\x01" + left + right).hexdigest()


@given(ROWS.filter(bool), st.data())
def test_changing_losing_adding_or_moving_any_entry_changes_the_root(hashes: list[str], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(hashes) - 1))
    stranger = text_hash(f"not in {hashes}")
    lost = hashes[:place] + hashes[place + 1 :]
    tampered = [
        lost,
        [*hashes[:place], stranger, *hashes[place + 1 :]],
        [*hashes[:place], stranger, *hashes[place:]],
        [*hashes[:place], hashes[place], *hashes[place:]],
    ]
    other = data.draw(st.integers(0, len(hashes) - 1).filter(lambda found: found != place)) if lost else place
    if other != place:
        moved = [*lost]
        moved.insert(other, hashes[place])
        tampered.append(moved)
    assert merkle_root(hashes) not in {merkle_root(row) for row in tampered}


def test_a_root_needs_hashes() -> None:
    with pytest.raises(ValueError, match="hexadecimal"):
        merkle_root(["no hash"])


@given(SEALS)
def test_a_seal_reads_back_as_it_was_written(seal: Seal) -> None:
    assert Seal.from_json(seal.to_json()) == seal
    assert seal.hash == text_hash(seal.to_json())


@pytest.mark.parametrize(
    "change",
    [
        {"pipeline": "other"},
        {"day": "2026-01-03"},
        {"count": 2},
        {"merkle_root": "c" * 64},
        {"objects": ()},
        {"objects": (SealedObject("ledger/orders/a", "a" * 64, 2),)},
        {"previous_hash": "c" * 64},
        {"sealed_at": "2026-01-03T00:30:00.001Z"},
    ],
)
def test_whatever_is_changed_in_a_seal_changes_its_hash(change: dict[str, Any]) -> None:
    assert replace(SEAL, **change).hash != SEAL.hash


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"version": "1"},
        {"pipeline": None},
        {"day": "yesterday"},
        {"count": -1},
        {"count": True},
        {"count": 1.0},
        {"merkle_root": "A" * 64},
        {"objects": None},
        {"objects": [{"key": "a", "sha256": "a" * 64}]},
        {"objects": [{"key": 1, "sha256": "a" * 64, "count": 1}]},
        {"objects": [{"key": "a", "sha256": "a", "count": 1}]},
        {"objects": ["a"]},
        {"previous_day": None},
        {"previous_hash": None},
        {"previous_day": "2026-01-02"},
        {"previous_hash": "short"},
        {"sealed_at": 1},
        {"added": 1},
    ],
)
def test_what_is_no_seal_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no seal"):
        Seal.from_json(canonical_json({**json.loads(SEAL.to_json()), **change}))


@pytest.mark.parametrize("text", ["", "[]", "1", "{}", f" {SEAL.to_json()}", SEAL.to_json()[:-1]])
def test_a_text_that_is_not_as_written_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no seal"):
        Seal.from_json(text)


def test_only_the_first_line_that_tells_an_item_counts() -> None:
    again = replace(ENTRY, recorded_at="2027-01-01T00:00:00.000Z")
    other = replace(ENTRY, run_token="b" * 32)
    lines = [ENTRY.text, "not JSON", other.text, again.text, "not JSON", "[]", ENTRY.text]
    assert list(entries_of(lines)) == [ENTRY.text, "not JSON", other.text, "[]"]


def test_an_item_is_known_by_its_keys() -> None:
    assert item_of(ENTRY.text) == canonical_json([ENTRY.pk, ENTRY.sk])


@given(st.lists(st.sampled_from("abcdefgh"), unique=True), st.data())
def test_overlapping_objects_tell_the_same_day_as_one(tokens: list[str], data: st.DataObject) -> None:
    lines = [replace(ENTRY, run_token=token).text for token in tokens]
    start = data.draw(st.integers(0, len(lines)))
    assert list(entries_of([*lines, *lines[start:]])) == lines
