"""The evidence bucket, as the S3 client is asked to write to it, and on the S3 of moto."""

from __future__ import annotations

import base64
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config
from moto import mock_aws

from functions.runtime.evidence_bucket import S3Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY, BODY = "ledger/shop-orders/date=2026-01-01/1-2.ndjson.gz", b"entries"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client as an older SDK is: it adds no checksum that nobody asked for."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    with mock_aws():
        config = Config(request_checksum_calculation="when_required")
        client = boto3.client("s3", region_name="us-east-1", config=config)
        client.create_bucket(Bucket="evidence", ObjectLockEnabledForBucket=True)
        yield client


def test_an_object_is_sent_with_the_checksum_that_a_locked_bucket_asks_for(s3: Any) -> None:
    assert S3Evidence(lambda: s3, "evidence").add(KEY, BODY)
    stored = s3.head_object(Bucket="evidence", Key=KEY, ChecksumMode="ENABLED")
    assert stored["ChecksumSHA256"] == base64.b64encode(sha256(BODY).digest()).decode()


def test_an_object_that_is_there_is_left_as_it_is(s3: Any) -> None:
    evidence = S3Evidence(lambda: s3, "evidence")
    assert evidence.add(KEY, BODY)
    assert not evidence.add(KEY, b"others")
    assert evidence.read(KEY) == BODY
    assert list(evidence.keys("ledger/")) == [KEY]
    assert list(evidence.folders("ledger/")) == ["ledger/shop-orders/"]
