"""Both stores keep their promises on a DynamoDB in memory."""

from __future__ import annotations

import pytest

from tests.runtime.fake_dynamodb import FakeDynamoDB
from tests.runtime.faults import Calls
from tests.runtime.store_contract import ClaimStoreContract, LedgerStoreContract


@pytest.fixture
def dynamodb() -> FakeDynamoDB:
    return FakeDynamoDB(Calls())


class TestClaimStore(ClaimStoreContract):
    """The claims."""


class TestLedgerStore(LedgerStoreContract):
    """The ledger."""
