"""The evidence ledger: one item per outcome of one attempt; items are inserted, never changed.

An item holds everything once: in its keys, in what else DynamoDB itself reads (time to live, parent run), and the rest
in one JSON text, because DynamoDB charges by the kilobyte and clients pay for every attribute. ``text_of`` puts it all
together again. That text is what is archived, and its SHA-256 is the entry's hash: whoever has the text can check it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from functions.contract.identity import canonical_json, text_hash

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTITION_KEY = "pk"
SORT_KEY = "sk"
ENTRY_ATTRIBUTE = "entry"
TTL_ATTRIBUTE = "expires_at"
PARENT_ATTRIBUTE = "parent_run_id"
"""Stands beside the text only where a run continues another: the key of a sparse index, which costs others nothing."""
PARENT_INDEX = "by-parent-run"
MAX_INDEX_KEY_BYTES = 2048
"""Of a key DynamoDB takes no more, and no empty one; such a parent is in the text alone, and its entry is kept."""
IN_KEYS = ("pipeline", "run_token", "status")
"""Fields of an entry that are read from the keys of its item; a pipeline's name has no ``#``."""


class Status(StrEnum):
    """What came of one attempt at one record."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DUPLICATE = "duplicate"
    QUARANTINED = "quarantined"
    DEAD_LETTERED = "dead_lettered"
    REPLAYED = "replayed"
    SLOWED = "slowed"
    """No record's outcome: the pipeline takes in less, because a dependency fails."""
    RESUMED = "resumed"
    """The end of what ``slowed`` began."""
    REJECTED = "rejected"
    """A synchronous request that breaks its contract: it was answered so, and nothing of it is kept."""

    SKIPPED = "skipped"
    """Nothing was done for the record, on purpose: a filter, a holiday, a run that was still going on."""
    EVENTS_REPLAYED = "events_replayed"
    """No record's outcome: an operator has the archived events of a time sent again."""
    STARTED = "started"
    """The record was handed over to its workflow, or shared out to its workers; what comes of it is told later."""
    WARNED = "warned"
    """A step of a workflow that is not critical has failed, and the workflow went on."""
    UNDONE = "undone"
    """A step of a workflow was taken back, because a later one had failed."""
    REDRIVEN = "redriven"
    """An operator had a run go on from the step that failed."""
    OPERATED = "operated"
    """No record's outcome: an operator pauses or resumes a schedule, or sets a cursor; the message says what."""


OF_NO_RECORD = frozenset({Status.SLOWED, Status.RESUMED, Status.EVENTS_REPLAYED, Status.OPERATED})
"""What happened to the pipeline as a whole; the run id of such an entry names no message."""
ONCE_PER_RUN_TOKEN = frozenset({Status.SUCCEEDED, Status.STARTED, Status.UNDONE})
"""Outcomes that can be inserted once per run token: the insert is the completion mark."""


@dataclass(frozen=True, kw_only=True)
class LedgerEntry:
    """Who ran, under what, what came of it, what it continues.

    ``recorded_at`` is ISO 8601 in UTC, ``accepted_at`` and ``queued_at`` are milliseconds and ``expires_at`` seconds
    since 1970, durations milliseconds.
    """

    pipeline: str
    stage: str
    tenant: str
    run_token: str
    run_id: str
    parent_run_id: str | None
    status: Status
    attempt: int
    """The try that this is the outcome of, from 1; 0 when the record was not tried."""
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
    previous_hash: str | None = None
    """Hash of the entry that this one follows: the try before, the completion that a duplicate repeats, the replay."""
    accepted_at: int | None = None
    """When the gateway took the request; None for records that came without one."""
    queued_at: int | None = None
    """When the message was sent to the buffer."""
    step: str | None = None
    """Which step of a workflow, or which worker, it is about: ``resize[3]``; None for the record as a whole."""
    location: str | None = None
    drift: tuple[str, ...] = ()
    error_type: str | None = None
    error_message: str | None = None
    sample: str | None = None
    """Of a failed record: what it looked like, as far as its data class allows."""
    expires_at: int | None = None

    @property
    def pk(self) -> str:
        """Partition key; starts with the pipeline, so that a role can be held to its own pipeline's entries."""
        return partition(self.pipeline, self.run_token)

    @property
    def sk(self) -> str:
        """Sort key; equal for two attempts to complete one run token, so that only one can be inserted."""
        return sort(self.status, self.run_id)

    @property
    def text(self) -> str:
        """The entry as it is archived and hashed: canonical JSON without empty values."""
        return canonical_json(self._values())

    @property
    def hash(self) -> str:
        """SHA-256 of the text, 64 hex digits; what the next entry of the run names as ``previous_hash``."""
        return text_hash(self.text)

    def to_item(self) -> dict[str, Any]:
        """Return the item: keys, what DynamoDB reads beside them, and the rest as text."""
        values = self._values()
        beside = {TTL_ATTRIBUTE: values.pop(TTL_ATTRIBUTE)} if TTL_ATTRIBUTE in values else {}
        if 0 < len((self.parent_run_id or "").encode(errors="replace")) <= MAX_INDEX_KEY_BYTES:
            beside[PARENT_ATTRIBUTE] = values.pop(PARENT_ATTRIBUTE)
        for name in IN_KEYS:
            del values[name]
        return {PARTITION_KEY: self.pk, SORT_KEY: self.sk, ENTRY_ATTRIBUTE: canonical_json(values), **beside}

    @classmethod
    def from_item(cls, item: Mapping[str, Any]) -> Self:
        """Read an item back; raises what ``text_of`` raises."""
        return cls.from_text(text_of(item))

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a text back; values that newer versions add are left out.

        Raises:
            ValueError: the text is no JSON object, or no entry.
        """
        found = json.loads(text)
        if not isinstance(found, dict):
            raise ValueError("a ledger entry is a JSON object")
        values: dict[str, Any] = {field.name: found[field.name] for field in fields(cls) if field.name in found}
        optional = {"parent_run_id": None, "contract_id": None, "contract_version": None, "schema_hash": None}
        try:
            told = {"status": Status(found["status"]), "drift": tuple(found.get("drift", ()))}
            return cls(**{**optional, **values, **told})
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no entry of the ledger: {error}") from error

    def _values(self) -> dict[str, Any]:
        values = {**vars(self), "status": self.status.value, "drift": list(self.drift)}
        return {name: value for name, value in values.items() if value not in (None, [])}


def text_of(item: Mapping[str, Any]) -> str:
    """Return the text of an item's entry, with whatever newer versions add.

    Raises:
        ValueError: the item holds no entry.
    """
    try:
        told = json.loads(item[ENTRY_ATTRIBUTE])
        pipeline, _, token = item[PARTITION_KEY].partition("#")
        status = item[SORT_KEY].partition("#")[0]
        beside = {TTL_ATTRIBUTE: int(item[TTL_ATTRIBUTE])} if TTL_ATTRIBUTE in item else {}
        parent = {PARENT_ATTRIBUTE: item[PARENT_ATTRIBUTE]} if PARENT_ATTRIBUTE in item else {}
        return canonical_json({**told, "pipeline": pipeline, "run_token": token, "status": status, **beside, **parent})
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an item of the ledger: {error}") from error


def partition(pipeline: str, token: str) -> str:
    """Return the partition key of all entries of one run token."""
    return f"{pipeline}#{token}"


def sort(status: Status, attempt_id: str) -> str:
    """Return the sort key of an outcome."""
    return status.value if status in ONCE_PER_RUN_TOKEN else f"{status.value}#{attempt_id}"
