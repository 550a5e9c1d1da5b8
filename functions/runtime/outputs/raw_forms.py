"""The forms of an object of the Raw Stage beside plain JSON lines; imported where one of them is declared."""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.landed_lines import RECORD
from functions.runtime.objects import CONTENT_TYPE
from functions.runtime.wire_text import encodable, to_wire

if TYPE_CHECKING:
    from collections.abc import Mapping

PARQUET_TYPE = "application/vnd.apache.parquet"
LONGEST_INTEGER = 2**63
COLUMN_TYPES = {"string": "string", "integer": "int64", "number": "double", "boolean": "bool"}
"""Types of a contract's fields that are columns of their own type; others are JSON in a column of text."""


@dataclass(frozen=True)
class WholeObject:
    """One object to be written as it is."""

    bucket: str
    key: str
    body: bytes
    metadata: Mapping[str, str]
    content_type: str


def compressed(lines: tuple[bytes, ...]) -> tuple[bytes, str]:
    """Return lines as one gzip file that is the same for the same lines, and its content type."""
    return gzip.compress(b"".join(line + b"\n" for line in lines), mtime=0), f"{CONTENT_TYPE}+gzip"


def parquet(lines: tuple[bytes, ...], schema: Any) -> tuple[bytes, str]:
    """Return lines as rows: the record's text, and a column for each field that the contract's ``schema`` names.

    Types come from the contract, so that all objects of one version of it have the same columns; without a contract the
    text is the only one. A value that does not fit its column is null there, and stands in the text as it came.
    """
    import pyarrow
    from pyarrow.parquet import write_table

    records = [json.loads(line) for line in lines]
    columns: dict[str, Any] = {RECORD: pyarrow.array([line.decode() for line in lines], pyarrow.string())}
    for name, kind in column_types(schema).items():
        values = [_fitting(record.get(name) if isinstance(record, dict) else None, kind) for record in records]
        columns[name] = pyarrow.array(values, pyarrow.type_for_alias(kind or "string"))
    file = io.BytesIO()
    write_table(pyarrow.table(columns), file, compression="zstd")
    return file.getvalue(), PARQUET_TYPE


def column_types(schema: Any) -> dict[str, str | None]:
    """Return the columns of a contract with their types; None for a field that is kept as JSON."""
    fields = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return {name: _column_type(field) for name, field in fields.items() if name != RECORD}


def _column_type(field: Any) -> str | None:
    declared = field.get("type") if isinstance(field, dict) else None
    kinds = ({declared} if isinstance(declared, str) else set(declared or ())) - {"null"}
    return COLUMN_TYPES.get(kinds.pop()) if len(kinds) == 1 else None


def _fitting(value: Any, kind: str | None) -> Any:
    if value is None:
        return None
    if kind is None:
        return to_wire(canonical_json(value)).decode()
    if kind == "string":
        return value if isinstance(value, str) and encodable(value) else None
    if kind == "bool":
        return value if isinstance(value, bool) else None
    return _number(value, kind)


def _number(value: Any, kind: str) -> Any:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if kind == "double":
        return float(value) if abs(value) < 1e308 else None
    whole = isinstance(value, int) or value.is_integer()
    return int(value) if whole and -LONGEST_INTEGER <= value < LONGEST_INTEGER else None
