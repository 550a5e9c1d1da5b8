"""Layout of the evidence bucket: the ledger's entries as they were archived, and the seals over each day of them.

An archive object holds entries of one pipeline, one canonical JSON text a line, in the order in which the table's
stream told them. Its date is the day on which it was written, so no object is added to a day that is over, and a seal
over that day is final.
"""

from __future__ import annotations

import gzip

LEDGER_PREFIX = "ledger"
SEAL_PREFIX = "seals"


def pipeline_prefix(pipeline: str) -> str:
    """Return where all archive objects of a pipeline are."""
    return f"{LEDGER_PREFIX}/{pipeline}/"


def day_prefix(pipeline: str, day: str) -> str:
    """Return where the archive objects of one day are; ``day`` is ``YYYY-MM-DD`` in UTC."""
    return f"{pipeline_prefix(pipeline)}date={day}/"


def archive_key(pipeline: str, day: str, first: str, last: str) -> str:
    """Return the key of one archive object, named after the stream's sequence numbers of its first and last entry.

    The same part of the stream, told twice, has the same key; sequence numbers are padded to sort as text.
    """
    return f"{day_prefix(pipeline, day)}{first:0>40}-{last:0>40}.ndjson.gz"


def seal_prefix(pipeline: str) -> str:
    """Return where the seals of a pipeline are, one for each day that has entries."""
    return f"{SEAL_PREFIX}/{pipeline}/"


def seal_key(pipeline: str, day: str) -> str:
    """Return the key of the seal over one day."""
    return f"{seal_prefix(pipeline)}{day}.json"


def pack(lines: list[str]) -> bytes:
    """Return lines as the bytes of an archive object, the same bytes for the same lines."""
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def unpack(body: bytes) -> list[str]:
    """Return the lines of an archive object; raises ``OSError``, ``EOFError`` or ``ValueError`` when it is damaged."""
    return gzip.decompress(body).decode().split("\n")[:-1]
