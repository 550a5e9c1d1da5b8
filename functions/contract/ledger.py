"""The evidence ledger: one item per outcome of one attempt; items are inserted, never changed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Self

PARTITION_KEY = "pk"
SORT_KEY = "sk"
TTL_ATTRIBUTE = "expires_at"


class Status(StrEnum):
    """What came of one attempt at one record."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    DEAD_LETTERED = "dead_lettered"
    REPLAYED = "replayed"


ONCE_PER_RUN_TOKEN = frozenset({Status.SUCCEEDED})
"""Outcomes that can be inserted once per run token: the insert is the completion mark."""


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """Who ran, under what, what came of it, what it continues. Times are ISO 8601 in UTC, durations milliseconds."""

    pipeline: str
    stage: str
    tenant: str
    run_token: str
    run_id: str
    parent_run_id: str | None
    status: Status
    attempt: int
    recorded_at: str
    duration_ms: int
    function: str
    function_version: str
    request_id: str
    correlation_id: str
    manifest_hash: str
    contract_id: str | None
    contract_version: str | None
    schema_hash: str | None
    payload_hash: str
    location: str | None = None
    drift: tuple[str, ...] = ()
    error_type: str | None = None
    error_message: str | None = None
    expires_at: int | None = None

    @property
    def pk(self) -> str:
        """Partition key; starts with the pipeline, so that a role can be held to its own pipeline's entries."""
        return partition(self.pipeline, self.run_token)

    @property
    def sk(self) -> str:
        """Sort key; equal for two attempts to complete one run token, so that only one can be inserted."""
        return sort(self.status, self.run_id)

    def to_item(self) -> dict[str, Any]:
        """Return the item with its keys, without attributes that are empty."""
        values = {"pk": self.pk, "sk": self.sk, **vars(self), "status": self.status.value, "drift": list(self.drift)}
        return {name: value for name, value in values.items() if value not in (None, [])}

    @classmethod
    def from_item(cls, item: dict[str, Any]) -> Self:
        """Read an item back; attributes that newer versions add are left out."""
        values: dict[str, Any] = {field.name: item.get(field.name) for field in fields(cls)}
        for number in ("attempt", "duration_ms", "expires_at"):
            values[number] = None if values[number] is None else int(values[number])
        return cls(**values | {"status": Status(item["status"]), "drift": tuple(item.get("drift", ()))})


def partition(pipeline: str, token: str) -> str:
    """Return the partition key of all entries of one run token."""
    return f"{pipeline}#{token}"


def sort(status: Status, attempt_id: str) -> str:
    """Return the sort key of an outcome."""
    return status.value if status in ONCE_PER_RUN_TOKEN else f"{status.value}#{attempt_id}"
