"""The stores on AWS keep their promises against moto, ask again for what is left undone, and call nothing in vain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.contract.environment import StoreSettings
from functions.runtime.errors import Verdict
from functions.runtime.failure import classify
from functions.runtime.stores import ObjectMissing, StoreBusy, StoreMisuse
from functions.runtime.stores.dynamodb_table import DynamoDbTable
from functions.runtime.stores.s3_bucket import S3Bucket
from functions.runtime.stores.wiring import aws_stores
from tests.runtime.stores.bucket_contract import BUCKET, PREFIX, BucketContract
from tests.runtime.stores.table_contract import CREATE, KEYS, TABLE, TableContract, order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

REGION = "eu-west-1"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Any]]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        boto3.client("dynamodb", region_name=REGION).create_table(**CREATE)
        place: Any = {"LocationConstraint": REGION}
        boto3.client("s3", region_name=REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        yield lambda service: boto3.client(service, region_name=REGION)  # type: ignore[call-overload]


class TestDynamoDbTable(TableContract):
    """The table."""

    @pytest.fixture
    def table(self, aws: Callable[[str], Any]) -> DynamoDbTable:
        client = aws("dynamodb")
        return DynamoDbTable(lambda: client, TABLE, name="orders", keys=KEYS, access="read_write_delete")


class TestS3Bucket(BucketContract):
    """The bucket."""

    @pytest.fixture
    def bucket(self, aws: Callable[[str], Any]) -> S3Bucket:
        client = aws("s3")
        access = "read_write_delete"
        return S3Bucket(lambda: client, BUCKET, name="files", access=access, prefix=PREFIX, lists=True)


class Scripted:
    """A client that answers from a script, or raises, and remembers what it was asked."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.asked.append((operation, request))
            answer = self.answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def refusal(code: str, operation: str = "Query") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, operation)


def table_of(client: Scripted, pauses: list[float] | None = None, access: str = "read_write") -> DynamoDbTable:
    sleep = (pauses if pauses is not None else []).append
    return DynamoDbTable(lambda: client, TABLE, name="orders", keys=KEYS, access=access, sleep=sleep)


def bucket_of(client: Scripted, **limits: Any) -> S3Bucket:
    return S3Bucket(lambda: client, BUCKET, name="files", access="read_write", **limits)


KEY = {"customer": {"S": "ann"}, "at": {"N": "1"}}


def test_keys_that_are_left_unprocessed_are_asked_for_again_with_backoff() -> None:
    left = {"UnprocessedKeys": {TABLE: {"Keys": [KEY]}}}
    client, pauses = Scripted(left, left, {"Responses": {TABLE: [KEY]}}), list[float]()
    assert table_of(client, pauses).get_many([("ann", 1)]) == [order()]
    assert (len(client.asked), len(pauses)) == (3, 2)
    assert 0 <= pauses[0] <= 0.05
    assert 0 <= pauses[1] <= 0.1


def test_keys_that_stay_unprocessed_let_the_record_be_tried_again() -> None:
    client = Scripted(*[{"UnprocessedKeys": {TABLE: {"Keys": [KEY]}}}] * 5)
    with pytest.raises(StoreBusy, match="1 keys unread in 5 rounds"):
        table_of(client).get_many([("ann", 1)])


@pytest.mark.parametrize("code", ["ProvisionedThroughputExceededException", "ThrottlingException", "SlowDown"])
def test_a_store_that_asks_for_less_is_recoverable(code: str) -> None:
    for ask in (
        lambda: table_of(Scripted(refusal(code))).get(("ann", 1)),
        lambda: bucket_of(Scripted(refusal(code))).read("a"),
    ):
        with pytest.raises(StoreBusy) as found:
            ask()
        failure = classify(found.value, ("Recoverable",))
        assert (failure.verdict, failure.expected) == (Verdict.RETRY, True)


def test_other_failures_pass_as_botocore_raises_them() -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        table_of(Scripted(refusal("AccessDeniedException"))).put(order())


def test_what_makes_no_sense_is_given_up_at_once() -> None:
    assert classify(StoreMisuse("x"), ()).verdict is Verdict.GIVE_UP


def test_pages_are_asked_for_as_they_are_needed() -> None:
    client = Scripted({"Items": [KEY], "LastEvaluatedKey": KEY}, {"Items": [KEY], "LastEvaluatedKey": KEY})
    items = table_of(client).query("ann")
    assert client.asked == []
    assert next(items) == order()
    assert len(client.asked) == 1
    assert next(items) == order()
    assert client.asked[1][1]["ExclusiveStartKey"] == KEY


def test_a_limit_ends_the_pages() -> None:
    client = Scripted({"Items": [KEY], "LastEvaluatedKey": KEY}, {"Items": [KEY], "LastEvaluatedKey": KEY})
    assert len(list(table_of(client).query("ann", limit=2))) == 2
    assert [request["Limit"] for _, request in client.asked] == [2, 1]


def test_the_table_is_read_consistently_and_an_index_as_it_can_be() -> None:
    client = Scripted({"Item": KEY}, {"Items": []}, {"Items": []})
    table = table_of(client)
    table.get(("ann", 1))
    list(table.query("ann"))
    list(table.query("open", index="by-status"))
    (_, get), (_, query), (_, index) = client.asked
    assert (get["ConsistentRead"], query["ConsistentRead"], "ConsistentRead" in index) == (True, True, False)


def test_a_store_for_reading_is_not_written_to_and_nothing_is_called() -> None:
    client = Scripted()
    table = table_of(client, access="read")
    for write in (
        lambda: table.put(order()),
        lambda: table.put_if_absent(order()),
        lambda: table.update(("ann", 1), {"a": 1}),
    ):
        with pytest.raises(StoreMisuse, match=r"access: read; to write, declare access: read_write$"):
            write()
    with pytest.raises(StoreMisuse, match=r"access: read; to delete, declare access: read_delete$"):
        table.delete(("ann", 1))
    writing = table_of(client, access="write")
    with pytest.raises(StoreMisuse, match="access: write; to read"):
        writing.query("ann")
    with pytest.raises(StoreMisuse, match=r"access: write; to delete, declare access: write_delete$"):
        writing.delete(("ann", 1))
    with pytest.raises(StoreMisuse, match=r"access: delete; to write, declare access: write_delete$"):
        table_of(client, access="delete").put(order())
    assert client.asked == []


def test_a_bucket_that_may_not_be_listed_does_not_tell_what_is_missing() -> None:
    with pytest.raises(ObjectMissing, match="or it may not be read"):
        bucket_of(Scripted(refusal("AccessDenied"))).read("a")
    with pytest.raises(StoreMisuse, match="list: true"):
        bucket_of(Scripted()).exists("a")
    with pytest.raises(StoreMisuse, match="to delete, declare access: read_write_delete"):
        bucket_of(Scripted()).delete("a")


def test_a_bucket_that_may_be_listed_tells_a_refusal_from_a_missing_object() -> None:
    there = {"Contents": [{"Key": "a", "Size": 1}]}
    with pytest.raises(ClientError, match="AccessDenied"):
        bucket_of(Scripted(refusal("AccessDenied"), there), lists=True).read("a")
    with pytest.raises(ObjectMissing, match=r"no object 'a'$"):
        bucket_of(Scripted(refusal("403"), {}), lists=True).info("a")


def test_a_long_listing_is_asked_for_page_by_page() -> None:
    first = {"Contents": [{"Key": "a", "Size": 1}], "IsTruncated": True, "NextContinuationToken": "t"}
    client = Scripted(first, {"Contents": [{"Key": "b", "Size": 1}]})
    assert [found.key for found in bucket_of(client, lists=True).list()] == ["a", "b"]
    assert client.asked[1][1]["ContinuationToken"] == "t"


def test_no_client_is_made_before_it_is_needed() -> None:
    made: list[str] = []

    def client(service: str) -> Any:
        made.append(service)
        return Scripted({})

    settings = (
        StoreSettings("orders", "table", TABLE, "read", {"key": [["id", "S"]]}),
        StoreSettings("files", "bucket", BUCKET, "read"),
    )
    stores = aws_stores(settings, client)
    assert (list(stores), made) == (["orders", "files"], [])
    assert stores["orders"].get("a") is None
    assert made == ["dynamodb"]
