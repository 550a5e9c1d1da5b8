"""A ledger, a queue and a quarantine in memory, in the order in which an operator's commands touch them."""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.operations.sending import Sender
from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.raw import location

OPERATOR = "arn:aws:iam::1:user/o"
BUCKET, KEY = "raw-bucket", "quarantine/shop-orders/load_date=2026-01-01/run_id=f-1/records.ndjson"
RETENTION = 86_400


class BrokenOffError(Exception):
    """The process is gone."""


def entry(run_id: str = "m-1.1", status: Status = Status.QUARANTINED, body: str = "{}", **changes: Any) -> LedgerEntry:
    values: dict[str, Any] = {
        "pipeline": "shop-orders",
        "stage": "dev",
        "tenant": "dublin-1",
        "run_token": "t" * 32,
        "run_id": run_id,
        "parent_run_id": None,
        "status": status,
        "attempt": 0,
        "recorded_at": "2026-01-01T00:00:00.000Z",
        "duration_ms": 0,
        "function": "shop-orders-dev-land-order",
        "function_version": "1",
        "request_id": "r-1",
        "correlation_id": "c-1",
        "manifest_hash": "m" * 64,
        "contract_id": "order",
        "contract_version": "1",
        "schema_hash": "s" * 64,
        "payload_hash": text_hash(body),
        "location": location(BUCKET, KEY, 1),
        "error_type": "contract-broken",
    }
    return LedgerEntry(**{**values, **changes})


@dataclass
class Account:
    """What an operator's commands change, and a step at which the process ends."""

    entries: list[LedgerEntry] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    objects: dict[str, bytes] = field(default_factory=dict)
    reads: int = 0
    steps: list[str] = field(default_factory=list)
    broken_at: str | None = None
    pipeline: str = "shop-orders"

    def step(self, name: str) -> None:
        if name == self.broken_at:
            raise BrokenOffError(name)
        self.steps.append(name)

    def of_run_token(self, run_token: str) -> tuple[LedgerEntry, ...]:
        return tuple(entry for entry in self.entries if entry.run_token == run_token)

    def of_parent_run(self, run_id: str) -> tuple[LedgerEntry, ...]:
        return tuple(entry for entry in self.entries if entry.parent_run_id == run_id)

    def add(self, entry: LedgerEntry) -> None:
        self.step("entry")
        self.entries.append(entry)

    def send_message(self, **message: Any) -> dict[str, str]:
        self.step("send")
        self.sent.append(message)
        return {"MessageId": f"m-{100 + len(self.sent)}"}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - as AWS writes it
        self.reads += 1
        if f"{Bucket}/{Key}" not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "gone"}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[f"{Bucket}/{Key}"])}

    def sender(self) -> Sender:
        ids = itertools.count(1)
        client: Any = self
        return Sender(
            sqs=client,
            buffer_url="buffer",
            ledger=self,
            operator=OPERATOR,
            ledger_retention=RETENTION,
            now=lambda: "2026-02-01T00:00:00.000Z",
            new_id=lambda: f"id{next(ids)}",
        )

    def keep(self, *records: tuple[LedgerEntry, str, dict[str, Any]], **changes: Any) -> None:
        """Keep records in the one quarantine object, a line each, as the runtime writes them."""
        lines = [
            {"run_id": entry.run_id, "record": text, "attributes": attributes, **changes}
            for entry, text, attributes in records
        ]
        self.objects[f"{BUCKET}/{KEY}"] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        self.entries += [entry for entry, _, _ in records]
