"""Every store of the runtime keeps its promises on the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from functions.runtime.portable import PortableClaimStore, PortableLedgerStore
from tests.runtime.store_contract import LEDGER, STATE, ClaimStoreContract, LedgerStoreContract

if TYPE_CHECKING:
    from constructs_lib.local.session import LocalSession


@pytest.fixture
def dynamodb(empty_session: LocalSession) -> Iterator[Any]:
    client = empty_session.aws.client("dynamodb")
    for table in (STATE, LEDGER):
        client.create_table(
            TableName=table,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
    yield client
    for table in (STATE, LEDGER):
        client.delete_table(TableName=table)


class TestClaimStore(ClaimStoreContract):
    """The claims."""


class TestLedgerStore(LedgerStoreContract):
    """The ledger."""


class TestPortableClaimStore(ClaimStoreContract):
    """The claims, without PartiQL."""

    make = PortableClaimStore


class TestPortableLedgerStore(LedgerStoreContract):
    """The ledger, without PartiQL."""

    make = PortableLedgerStore
