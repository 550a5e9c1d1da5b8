"""Entries of the ledger about a run of a workflow that no step of it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from functions.contract.environment import Variable
from functions.contract.ledger import LedgerEntry, Status
from functions.runtime.environment import FUNCTION_NAME

if TYPE_CHECKING:
    from functions.contract.workflow import RunFacts
    from functions.runtime.environment import EnvironmentReader

VERSION = "AWS_LAMBDA_FUNCTION_VERSION"


@dataclass(frozen=True, kw_only=True)
class Writer:
    """Which function writes, and for which pipeline; ``ledger_retention`` in seconds."""

    pipeline: str
    stage: str
    data_class: str
    manifest_hash: str
    ledger_table: str
    ledger_retention: int
    function: str
    version: str

    @classmethod
    def read(cls, read: EnvironmentReader, function: str) -> Self:
        """Read what every such function knows; ``function`` is its name outside Lambda."""
        return cls(
            pipeline=read.required(Variable.PIPELINE, str),
            stage=read.required(Variable.STAGE, str),
            data_class=read.required(Variable.DATA_CLASS, str),
            manifest_hash=read.required(Variable.MANIFEST_HASH, str),
            ledger_table=read.required(Variable.LEDGER_TABLE, str),
            ledger_retention=read.required(Variable.LEDGER_RETENTION, int),
            function=read.plain(FUNCTION_NAME, function),
            version=read.plain(VERSION, ""),
        )

    def entry(self, run: RunFacts, status: Status, run_id: str, now: float, request_id: str) -> LedgerEntry:
        """Return an entry that follows what started the run; ``now`` in seconds since 1970."""
        return LedgerEntry(
            pipeline=self.pipeline,
            stage=self.stage,
            tenant=run.tenant,
            run_token=run.token,
            run_id=run_id,
            parent_run_id=run.run_id,
            status=status,
            attempt=0,
            duration_ms=0,
            recorded_at=stamp(now),
            function=self.function,
            function_version=self.version,
            request_id=request_id,
            correlation_id=run.correlation_id,
            manifest_hash=self.manifest_hash,
            contract_id=None,
            contract_version=None,
            schema_hash=None,
            payload_hash=run.payload_hash,
            previous_hash=run.head,
            accepted_at=run.accepted_at,
            queued_at=run.queued_at,
            expires_at=int(now) + self.ledger_retention,
        )


def stamp(seconds: float) -> str:
    """Return a time in ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
