"""Ledger entries as Parquet; needs the optional extra ``parquet`` (pyarrow)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

import pyarrow
from pyarrow.parquet import ParquetWriter

from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry

if TYPE_CHECKING:
    from pathlib import Path

ROWS = 10_000
"""Entries held before they are written as one row group; about 20 MB."""
_TEXT, _NUMBER = pyarrow.string(), pyarrow.int64()
SCHEMA = pyarrow.schema(
    [
        pyarrow.field("pipeline", _TEXT, nullable=False),
        pyarrow.field("stage", _TEXT, nullable=False),
        pyarrow.field("tenant", _TEXT, nullable=False),
        pyarrow.field("run_token", _TEXT, nullable=False),
        pyarrow.field("run_id", _TEXT, nullable=False),
        pyarrow.field("parent_run_id", _TEXT),
        pyarrow.field("status", _TEXT, nullable=False),
        pyarrow.field("attempt", _NUMBER, nullable=False),
        pyarrow.field("recorded_at", pyarrow.timestamp("ms", tz="UTC"), nullable=False),
        pyarrow.field("duration_ms", _NUMBER, nullable=False),
        pyarrow.field("function", _TEXT, nullable=False),
        pyarrow.field("function_version", _TEXT, nullable=False),
        pyarrow.field("request_id", _TEXT, nullable=False),
        pyarrow.field("correlation_id", _TEXT, nullable=False),
        pyarrow.field("manifest_hash", _TEXT, nullable=False),
        pyarrow.field("contract_id", _TEXT),
        pyarrow.field("contract_version", _TEXT),
        pyarrow.field("schema_hash", _TEXT),
        pyarrow.field("payload_hash", _TEXT, nullable=False),
        pyarrow.field("previous_hash", _TEXT),
        pyarrow.field("accepted_at", pyarrow.timestamp("ms", tz="UTC")),
        pyarrow.field("queued_at", pyarrow.timestamp("ms", tz="UTC")),
        pyarrow.field("step", _TEXT),
        pyarrow.field("location", _TEXT),
        pyarrow.field("drift", pyarrow.list_(_TEXT), nullable=False),
        pyarrow.field("error_type", _TEXT),
        pyarrow.field("error_message", _TEXT),
        pyarrow.field("sample", _TEXT),
        pyarrow.field("expires_at", pyarrow.timestamp("s", tz="UTC")),
        pyarrow.field("hash", _TEXT, nullable=False),
        pyarrow.field("entry", _TEXT, nullable=False),
    ]
)
"""The fields of an entry, then its hash and the text that was hashed, which has whatever newer versions add."""


class Parquet:
    """Entries as rows, compressed with Zstandard."""

    def __init__(self, file: Path) -> None:
        """Nothing is opened yet."""
        self._path = file
        self._rows: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        self._file = ParquetWriter(self._path, SCHEMA, compression="zstd")
        return self

    def __exit__(self, *error: object) -> None:
        if error == (None, None, None):
            self._flush()
        self._file.close()

    def write(self, text: str) -> None:
        """Add a row."""
        self._rows.append(row_of(text))
        if len(self._rows) >= ROWS:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._file.write_table(pyarrow.Table.from_pylist(self._rows, schema=SCHEMA))
            self._rows.clear()


def row_of(text: str) -> dict[str, Any]:
    """Return the row of an entry; raises ``ValueError`` when the text is none."""
    entry = LedgerEntry.from_text(text)
    values: dict[str, Any] = {**vars(entry), "status": entry.status.value, "drift": list(entry.drift)}
    values["recorded_at"] = datetime.fromisoformat(entry.recorded_at)
    return {**values, "hash": text_hash(text), "entry": text}
