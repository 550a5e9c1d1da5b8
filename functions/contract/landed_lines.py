"""Objects of records, line by line, whatever form they have: JSON lines, compressed or not, or rows of Parquet."""

from __future__ import annotations

GZIP, PARQUET = ".gz", ".parquet"
"""How the key of an object ends that is not plain JSON lines."""
RECORD = "_record"
"""Column that holds each record as JSON lines would, character by character."""


def lines_of(key: str, body: bytes) -> list[bytes]:
    """Return the lines of an object; the first is line 1 of a location.

    Raises:
        ImportError: the object is Parquet, and pyarrow is not installed.
        OSError, ValueError: the object is not what its key says.
    """
    if key.endswith(PARQUET):
        import io

        from pyarrow.parquet import read_table

        rows = read_table(io.BytesIO(body), columns=[RECORD]).column(RECORD).to_pylist()
        return [row.encode() for row in rows]
    if key.endswith(GZIP):
        import gzip

        body = gzip.decompress(body)
    lines = body.split(b"\n")
    return lines[:-1] if lines[-1] == b"" else lines
