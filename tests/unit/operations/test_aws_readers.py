"""The readers of table and bucket against AWS as moto has it: pages, segments, versions and deletion marks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from boto3.dynamodb.types import TypeSerializer
from moto import mock_aws

from constructs_lib.operations.bucket import S3Objects
from constructs_lib.operations.ledger import Ledger
from functions.contract.ledger import Status
from tests.unit.operations.evidence_world import NOW, PIPELINE, entry

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

TABLE, BUCKET = "ledger", "evidence"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    with mock_aws():
        yield


@pytest.fixture
def dynamodb(aws: None) -> Any:
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in ("pk", "sk", "parent_run_id")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-parent-run",
                "KeySchema": [{"AttributeName": "parent_run_id", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
    )
    return client


@pytest.fixture
def s3(aws: None) -> Any:
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    client.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    return client


def put(dynamodb: Any, *entries: LedgerEntry) -> None:
    serialize = TypeSerializer().serialize
    for one in entries:
        item = {name: serialize(value) for name, value in one.to_item().items()}
        dynamodb.put_item(TableName=TABLE, Item=item)


def test_entries_are_queried_by_run_token_and_by_parent_run(dynamodb: Any) -> None:
    first = entry("a", "m1", at=NOW)
    second = entry("a", "m2", at=NOW + timedelta(seconds=1), parent_run_id="m1.1", status=Status.FAILED)
    put(dynamodb, second, first, entry("b", "m3"), entry("a", "m4", pipeline="other", parent_run_id="m1.1"))
    ledger = Ledger(dynamodb, TABLE, PIPELINE)
    assert [one.run_id for one in ledger.of_run_token("a")] == ["m1.1", "m2.1"]
    assert [one.run_id for one in ledger.of_parent_run("m1.1")] == ["m2.1"]
    assert len(list(ledger.items_of_run_tokens(["b", "a", "none"]))) == 3


def test_every_item_of_the_pipeline_is_scanned_in_segments_and_pages(dynamodb: Any) -> None:
    put(dynamodb, *(entry(f"t{number}", f"m{number}", error_message="x" * 9000) for number in range(300)))
    put(dynamodb, entry("t", "m", pipeline="shop"))
    items = list(Ledger(dynamodb, TABLE, PIPELINE).every_item())
    assert len({item["pk"] for item in items}) == len(items) == 300


def test_versions_are_told_from_the_oldest_and_deletions_are_marks(s3: Any) -> None:
    for body in (b"first", b"second"):
        s3.put_object(Bucket=BUCKET, Key="a/1", Body=body)
    s3.put_object(Bucket=BUCKET, Key="a/2", Body=b"only")
    s3.delete_object(Bucket=BUCKET, Key="a/2")
    s3.put_object(Bucket=BUCKET, Key="b/1", Body=b"elsewhere")
    objects = S3Objects(s3, BUCKET)
    one, two = objects.stored("a/")
    assert [objects.body(one.key, version) for version in one.versions] == [b"first", b"second"]
    assert [objects.body(two.key, version) for version in two.versions] == [b"only"]
    assert (one.deleted, two.deleted) == (False, True)
    assert (objects.exists("a/1"), objects.exists("a/2"), objects.exists("none")) == (True, False, False)


def test_folders_are_the_next_part_of_keys(s3: Any) -> None:
    for key in ("l/p/date=2025-01-02/x", "l/p/date=2025-01-01/x", "l/p/date=2025-01-01/y", "l/q/date=2025-01-09/x"):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"")
    assert S3Objects(s3, BUCKET).folders("l/p/") == ["date=2025-01-01", "date=2025-01-02"]
