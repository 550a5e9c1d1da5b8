"""An entry of the ledger: every value once, the same text from item and entry, and one write unit each."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status, text_of
from tests.runtime.store_contract import ENTRY

WRITE_UNIT = 1024
"""Bytes of one write unit (DynamoDB developer guide, "Read and write operations")."""
UUID = "3f0f1c0e-0000-4000-8000-000000000000"
ORDINARY = replace(
    ENTRY,
    run_token="a" * 32,
    run_id=f"{UUID}.1",
    tenant="shop-4711",
    function="shop-orders-prod-land-order",
    function_version="12",
    request_id=UUID,
    correlation_id=UUID,
    recorded_at="2026-01-01T00:00:00.000Z",
    manifest_hash="b" * 64,
    contract_id="order",
    contract_version="1",
    schema_hash="c" * 64,
    payload_hash="d" * 64,
    accepted_at=1_700_000_000_000,
    queued_at=1_700_000_000_123,
    location="s3://pipelines-prod-raw-123456789012-eu-central-1/raw/shop-orders/"
    f"load_date=2026-01-01/run_id={'e' * 32}-1/records.ndjson#10",
    drift=(),
    expires_at=1_800_000_000,
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
ENTRIES = st.builds(
    replace,
    st.just(ORDINARY),
    tenant=TEXTS,
    run_id=TEXTS,
    status=st.sampled_from(Status),
    parent_run_id=st.none() | TEXTS,
    previous_hash=st.none() | st.just("f" * 64),
    drift=st.lists(TEXTS, max_size=3).map(tuple),
    error_message=st.none() | TEXTS.filter(bool),
    expires_at=st.none() | st.integers(1, 10**10),
)


def size(item: dict[str, Any]) -> int:
    """Return what DynamoDB counts; a number takes half its digits and one byte."""
    numbers = sum(len(str(value)) // 2 + 1 for value in item.values() if isinstance(value, int))
    return numbers + sum(len(name) + (len(v.encode()) if isinstance(v, str) else 0) for name, v in item.items())


def test_an_ordinary_entry_is_one_write_unit_with_room_to_spare() -> None:
    assert size(ORDINARY.to_item()) < WRITE_UNIT - 100


@given(ENTRIES)
def test_an_item_holds_the_whole_entry(entry: LedgerEntry) -> None:
    item = entry.to_item()
    assert LedgerEntry.from_item(item) == entry
    assert text_of(item) == entry.text
    assert LedgerEntry.from_text(entry.text) == entry


@pytest.mark.parametrize(("parent", "indexed"), [("a.1", True), ("a" * 2048, True), ("a" * 2049, False), ("", False)])
def test_a_parent_that_no_index_takes_costs_no_entry(parent: str, indexed: bool) -> None:
    item = replace(ORDINARY, parent_run_id=parent).to_item()
    assert ("parent_run_id" in item) == indexed
    assert LedgerEntry.from_item(item).parent_run_id == parent


def test_a_number_in_the_sdks_own_form_is_the_same_number() -> None:
    item = ORDINARY.to_item()
    assert text_of({**item, "expires_at": Decimal(item["expires_at"])}) == ORDINARY.text


def test_what_a_newer_version_adds_is_part_of_text_and_hash() -> None:
    item = ORDINARY.to_item()
    newer = {**item, "entry": item["entry"].replace('{"', '{"added":1,"', 1)}
    assert '"added":1' in text_of(newer)
    assert text_hash(text_of(newer)) != ORDINARY.hash
    assert LedgerEntry.from_item(newer) == ORDINARY


@pytest.mark.parametrize(
    "item", [{}, {"pk": "a#b", "sk": "succeeded", "entry": "[]"}, {**ORDINARY.to_item(), "sk": "x"}]
)
def test_what_is_no_entry_is_refused(item: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ledger"):
        LedgerEntry.from_item(item)
