"""What every store of claims and of the ledger promises, as tests: a module inherits a class and says where it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from functions.contract.ledger import LedgerEntry, Status
from functions.contract.state import Claim
from functions.runtime.claims import ClaimStore, PartiqlClaimStore
from functions.runtime.ledger import Completion, LedgerStore, PartiqlLedgerStore

STATE, LEDGER = "state", "ledger"
ONE = Claim(pk="shop-orders#one", lease_id="a", lease_until=1_000, payload_hash="p", expires_at=99)
TWO = replace(ONE, pk="shop-orders#two")
ENTRY = LedgerEntry(
    pipeline="shop-orders",
    stage="dev",
    tenant="default",
    run_token="one",
    run_id="m-1.1",
    parent_run_id=None,
    status=Status.SUCCEEDED,
    attempt=1,
    recorded_at="2026-01-01T00:00:00+00:00",
    duration_ms=3,
    function="f",
    function_version="1",
    request_id="r-1",
    correlation_id="c-1",
    manifest_hash="m",
    contract_id=None,
    contract_version=None,
    schema_hash=None,
    payload_hash="p",
    location="s3://b/k#1",
    drift=("a", "b"),
    expires_at=5,
)


class ClaimStoreContract:
    """``dynamodb`` is a client whose table ``state`` is empty."""

    make: Callable[[Callable[[], Any], str], ClaimStore] = PartiqlClaimStore

    @pytest.fixture
    def store(self, dynamodb: Any) -> ClaimStore:
        return type(self).make(lambda: dynamodb, STATE)

    def test_a_claim_is_taken_once(self, store: ClaimStore) -> None:
        assert [answer.done for answer in store.claim([ONE])] == [True]
        first, second = store.claim([replace(ONE, lease_id="b"), TWO])
        assert (first.conflict, second.done) == (True, True)

    def test_a_claim_is_read_as_it_was_written(self, store: ClaimStore) -> None:
        store.claim([ONE, TWO])
        assert store.read([ONE.pk, TWO.pk, "shop-orders#none", ONE.pk]) == {ONE.pk: ONE, TWO.pk: TWO}

    def test_more_claims_than_one_call_takes_are_all_taken(self, store: ClaimStore) -> None:
        claims = [replace(ONE, pk=f"shop-orders#{number}") for number in range(60)]
        assert all(answer.done for answer in store.claim(claims))
        assert len(store.read([claim.pk for claim in claims])) == 60

    def test_an_expired_claim_is_taken_over_once(self, store: ClaimStore) -> None:
        store.claim([ONE])
        newer, latest = replace(ONE, lease_id="b", lease_until=2_000), replace(ONE, lease_id="c", lease_until=2_001)
        assert [answer.done for answer in store.take_over([(ONE, newer)])] == [True]
        assert [answer.conflict for answer in store.take_over([(ONE, latest)])] == [True]
        assert store.read([ONE.pk]) == {ONE.pk: newer}

    def test_a_claim_that_was_released_can_be_taken_over(self, store: ClaimStore) -> None:
        store.claim([ONE])
        left = replace(ONE, attempt=3, head="h")
        assert [answer.done for answer in store.release([(ONE, left)])] == [True]
        released = store.read([ONE.pk])[ONE.pk]
        assert released == replace(left, lease_until=0)
        newer = replace(ONE, lease_id="b", lease_until=2_000)
        assert [answer.done for answer in store.take_over([(released, newer)])] == [True]

    def test_a_late_worker_cannot_release_the_claim_of_a_newer_one(self, store: ClaimStore) -> None:
        store.claim([ONE])
        newer = replace(ONE, lease_id="b", lease_until=2_000)
        store.take_over([(ONE, newer)])
        assert [answer.conflict for answer in store.release([(ONE, ONE)])] == [True]
        assert store.read([ONE.pk]) == {ONE.pk: newer}

    def test_an_answer_is_kept_with_the_claim_of_whoever_holds_it(self, store: ClaimStore) -> None:
        store.claim([ONE])
        assert store.keep(ONE, '{"a":1}').done
        assert store.read([ONE.pk]) == {ONE.pk: replace(ONE, result='{"a":1}')}
        assert store.keep(replace(ONE, lease_id="b"), "other").conflict
        assert store.read([ONE.pk])[ONE.pk].result == '{"a":1}'

    def test_a_claim_that_never_was_cannot_be_released(self, store: ClaimStore) -> None:
        assert [answer.conflict for answer in store.release([(ONE, ONE)])] == [True]
        assert store.read([ONE.pk]) == {}


class LedgerStoreContract:
    """``dynamodb`` is a client whose table ``ledger`` is empty."""

    make: Callable[[Callable[[], Any], str], LedgerStore] = PartiqlLedgerStore

    @pytest.fixture
    def store(self, dynamodb: Any) -> LedgerStore:
        return type(self).make(lambda: dynamodb, LEDGER)

    def test_a_run_token_is_completed_once(self, store: LedgerStore) -> None:
        assert [answer.done for answer in store.insert([ENTRY])] == [True]
        late = replace(ENTRY, run_id="m-1.2", location="s3://b/other#1")
        assert [answer.conflict for answer in store.insert([late])] == [True]
        assert store.completions("shop-orders", ["one", "none"]) == {"one": Completion(ENTRY, ENTRY.hash)}

    def test_other_outcomes_are_told_for_every_attempt(self, store: LedgerStore) -> None:
        failed = replace(ENTRY, status=Status.FAILED, error_type="X", error_message="y")
        answers = store.insert([failed, replace(failed, run_id="m-1.2"), replace(failed, status=Status.DUPLICATE)])
        assert [answer.done for answer in answers] == [True, True, True]
        assert store.completions("shop-orders", ["one"]) == {}

    def test_an_entry_that_exists_is_not_changed(self, store: LedgerStore) -> None:
        failed = replace(ENTRY, status=Status.FAILED)
        store.insert([failed])
        assert [answer.conflict for answer in store.insert([replace(failed, location="s3://b/other")])] == [True]

    def test_completions_of_another_pipeline_are_not_found(self, store: LedgerStore) -> None:
        store.insert([ENTRY])
        assert store.completions("other", ["one"]) == {}
