"""Layout of the evidence bucket: the ledger's entries as they were archived, and the seals over each day of them.

An archive object holds entries of one pipeline, one canonical JSON text a line, in the order in which the table's
stream told them. Its date is the day on which it was written, so no object is added to a day that is over, and a seal
over that day is final.
"""

from __future__ import annotations

import gzip
import re
import zlib

LEDGER_PREFIX = "ledger"
SEAL_PREFIX = "seals"
UNREADABLE = "_unreadable"
"""Stands for a pipeline where items are archived that are no entries: each line is an item as the stream told it."""
PIPELINE = re.compile(r"[a-z][a-z0-9-]*")
"""Names that have a place of their own; others could reach into the place of another pipeline or day."""
_DAY = re.compile(rf"{LEDGER_PREFIX}/[^/]+/date=([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})/")


def pipeline_prefix(pipeline: str) -> str:
    """Return where all archive objects of a pipeline are."""
    return f"{LEDGER_PREFIX}/{pipeline}/"


def day_prefix(pipeline: str, day: str) -> str:
    """Return where the archive objects of one day are; ``day`` is ``YYYY-MM-DD`` in UTC."""
    return f"{pipeline_prefix(pipeline)}date={day}/"


def day_in(key: str) -> str | None:
    """Return the day that a key or a prefix of the archive belongs to; None where it names none."""
    found = _DAY.match(key)
    return found[1] if found else None


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


def sealed_day(key: str) -> str:
    """Return the day of a seal by its key."""
    return key.rpartition("/")[2].removesuffix(".json")


def pack(lines: list[str]) -> bytes:
    """Return lines as the bytes of an archive object, the same bytes for the same lines."""
    return gzip.compress("".join(f"{line}\n" for line in lines).encode(), mtime=0)


def unpack(body: bytes) -> list[str]:
    """Return the lines of an archive object.

    Raises:
        ValueError: the object is damaged.
    """
    if not body:
        raise ValueError("no archive object: it is empty")
    try:
        return gzip.decompress(body).decode().split("\n")[:-1]
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"no archive object: {error}") from error
