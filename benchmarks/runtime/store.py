"""The tables and the bucket that both handlers write to, and how much is in them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

PEER_STATE_TABLE = "peer-idempotency"


@dataclass(frozen=True)
class Effects:
    """What stands in the store: ledger entries and landed lines."""

    ledger_entries: int
    landed_lines: int

    def __sub__(self, before: Effects) -> Effects:
        """Return what has been added since ``before``."""
        return Effects(self.ledger_entries - before.ledger_entries, self.landed_lines - before.landed_lines)


class Store:
    """The emulated account."""

    def __init__(self, dynamodb: Any, s3: Any) -> None:
        """Use these clients, apart from those of the handlers."""
        self._dynamodb = dynamodb
        self._s3 = s3
        self._bucket = os.environ["PIPELINE_RAW_BUCKET"]
        self._ledger = os.environ["PIPELINE_LEDGER_TABLE"]

    def create(self) -> None:
        """Make the tables and the bucket."""
        self._table(os.environ["PIPELINE_STATE_TABLE"], "pk", "sk")
        self._table(self._ledger, "pk", "sk")
        self._table(PEER_STATE_TABLE, "id")
        location = {"LocationConstraint": os.environ["AWS_REGION"]}
        self._s3.create_bucket(Bucket=self._bucket, CreateBucketConfiguration=location)

    def effects(self) -> Effects:
        """Return what stands in the store now."""
        pages = self._dynamodb.get_paginator("scan").paginate(TableName=self._ledger, Select="COUNT")
        listed = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket)
        keys = [item["Key"] for page in listed for item in page.get("Contents", [])]
        return Effects(sum(page["Count"] for page in pages), sum(map(self._lines, keys)))

    def _lines(self, key: str) -> int:
        body: bytes = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body.count(b"\n")

    def _table(self, name: str, *keys: str) -> None:
        kinds = ("HASH", "RANGE")
        self._dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in keys],
            KeySchema=[{"AttributeName": k, "KeyType": kind} for k, kind in zip(keys, kinds, strict=False)],
        )
