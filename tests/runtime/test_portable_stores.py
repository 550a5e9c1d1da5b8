"""The stores without PartiQL keep the same promises, on a DynamoDB that has none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from functions.runtime.portable import PortableClaimStore, PortableLedgerStore
from tests.runtime.store_contract import ENTRY, LEDGER, ONE, STATE, TWO, ClaimStoreContract, LedgerStoreContract

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "eu-west-1"


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("dynamodb", region_name=REGION)
        for table in (STATE, LEDGER):
            client.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            )
        yield client


class TestClaimStore(ClaimStoreContract):
    """The claims."""

    make = PortableClaimStore


class TestLedgerStore(LedgerStoreContract):
    """The ledger."""

    make = PortableLedgerStore


class Failing:
    """A client whose answer to the write of one item is something else."""

    def __init__(self, client: Any, key: str, error: Exception) -> None:
        self._client = client
        self._key = key
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        if request["Item"]["pk"]["S"] == self._key:
            raise self._error
        return self._client.put_item(**request)


def test_a_write_that_is_throttled_fails_alone(dynamodb: Any) -> None:
    error = dynamodb.exceptions.ProvisionedThroughputExceededException({"Error": {"Code": "Slow"}}, "PutItem")
    store = PortableClaimStore(lambda: Failing(dynamodb, TWO.pk, error), STATE)
    first, second = store.claim([ONE, TWO])
    assert (first.done, second.done, second.conflict, second.code) == (True, False, False, "Slow")


def test_a_write_without_an_answer_is_raised_once_all_others_are_made(dynamodb: Any) -> None:
    store = PortableLedgerStore(lambda: Failing(dynamodb, ENTRY.pk, ReadTimeoutError(endpoint_url="x")), LEDGER)
    with pytest.raises(ReadTimeoutError):
        store.insert([ENTRY, replace(ENTRY, run_token="two")])
    assert set(store.completions("shop-orders", ["one", "two"])) == {"two"}


def test_nothing_to_write_is_no_call() -> None:
    def no_client() -> Any:
        raise AssertionError("a client was made")

    assert PortableClaimStore(no_client, STATE).claim([]) == []
