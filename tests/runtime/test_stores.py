"""Both stores keep their promises on a DynamoDB in memory."""

from __future__ import annotations

import pytest

from constructs_lib.drills.memory.dynamodb import MemoryDynamoDB
from constructs_lib.drills.memory.faults import Calls
from tests.runtime.store_contract import ClaimStoreContract, LedgerStoreContract


@pytest.fixture
def dynamodb() -> MemoryDynamoDB:
    return MemoryDynamoDB(Calls())


class TestClaimStore(ClaimStoreContract):
    """The claims."""


class TestLedgerStore(LedgerStoreContract):
    """The ledger."""
