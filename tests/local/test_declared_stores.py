"""The stores that handlers declare keep their promises on the emulator, as they do in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from functions.runtime.stores.dynamodb_table import DynamoDbTable
from functions.runtime.stores.s3_bucket import S3Bucket
from tests.runtime.stores.bucket_contract import BUCKET, PREFIX, BucketContract, empty
from tests.runtime.stores.table_contract import CREATE, KEYS, TABLE, StrictConditions, TableContract

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.session import LocalSession


class TestDynamoDbTable(TableContract, StrictConditions):
    """The table."""

    @pytest.fixture
    def table(self, empty_session: LocalSession) -> Iterator[DynamoDbTable]:
        client: Any = empty_session.aws.client("dynamodb")
        client.create_table(**CREATE)
        yield DynamoDbTable(lambda: client, TABLE, name="orders", keys=KEYS, access="read_write_delete")
        client.delete_table(TableName=TABLE)


class TestS3Bucket(BucketContract):
    """The bucket."""

    @pytest.fixture
    def bucket(self, empty_session: LocalSession) -> Iterator[S3Bucket]:
        client: Any = empty_session.aws.client("s3")
        region = client.meta.region_name
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": region})
        yield S3Bucket(lambda: client, BUCKET, name="files", access="read_write_delete", prefix=PREFIX, lists=True)
        empty(client)
        client.delete_bucket(Bucket=BUCKET)
