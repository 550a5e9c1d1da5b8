"""The evidence bucket in memory, and records as the ledger's stream tells them."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.evidence import MemoryEvidence
from constructs_lib.drills.memory.faults import client_error
from constructs_lib.drills.world import new_logger_name
from functions.runtime.redactor import Redactor
from functions.runtime.telemetry import make_logger

if TYPE_CHECKING:
    from functions.contract.ledger import LedgerEntry

BY_TIME_TO_LIVE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}


class FailingEvidence(MemoryEvidence):
    """The bucket in memory; every call on a key in ``down`` fails. ``log`` takes what the functions write."""

    def __init__(self) -> None:
        super().__init__()
        self.down: set[str] = set()
        self.log = io.StringIO()
        self.logger = make_logger("pipelines", "dev", new_logger_name(), Redactor(), self.log)

    @property
    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def add(self, key: str, body: bytes) -> bool:
        self._fail(key)
        return super().add(key, body)

    def read(self, key: str) -> bytes:
        self._fail(key)
        return super().read(key)

    def _fail(self, key: str) -> None:
        if any(part in key for part in self.down):
            raise client_error("SlowDown")


def record(operation: str, sequence: int, item: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a record of the stream about an item of plain values."""
    image = {name: {"N": str(value)} if isinstance(value, int) else {"S": value} for name, value in item.items()}
    change = {"Keys": {name: image[name] for name in ("pk", "sk")}, "SequenceNumber": str(sequence)}
    if operation != "REMOVE":
        change["NewImage"] = image
    return {"eventName": operation, "eventSource": "aws:dynamodb", "dynamodb": change, **more}


def inserted(sequence: int, entry: LedgerEntry) -> dict[str, Any]:
    """Return the record of an entry that was inserted."""
    return record("INSERT", sequence, entry.to_item())
