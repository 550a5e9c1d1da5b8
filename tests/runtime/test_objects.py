"""Objects of newline-delimited JSON, on the S3 of moto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from functions.runtime.objects import NdjsonObject, S3ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator

ITEM = NdjsonObject("raw", "raw/p/records.ndjson", (b'{"a":1}', b'{"a":2}'), {"pipeline": "p", "record-count": "2"})


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        yield boto3.client("s3", region_name="us-east-1")


def test_an_object_holds_its_lines_and_its_metadata(s3: Any) -> None:
    s3.create_bucket(Bucket="raw")
    S3ObjectStore(lambda: s3).put(ITEM)
    stored = s3.get_object(Bucket="raw", Key=ITEM.key)
    assert stored["Body"].read() == b'{"a":1}\n{"a":2}\n'
    assert stored["Metadata"] == {"pipeline": "p", "record-count": "2"}
    assert stored["ContentType"] == "application/x-ndjson"


def test_a_bucket_that_is_missing_is_an_error_of_the_call(s3: Any) -> None:
    with pytest.raises(ClientError, match="NoSuchBucket"):
        S3ObjectStore(lambda: s3).put(ITEM)
