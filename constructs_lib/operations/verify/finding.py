"""One thing that was done to the evidence: what, where, and to which entry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Part(StrEnum):
    """Where a finding is."""

    TABLE = "table"
    ARCHIVE = "archive"
    SEAL = "seal"
    CHAIN = "chain"


@dataclass(frozen=True, order=True)
class Finding:
    """``place`` is the key of an object or item, or a day; the entry is named where the finding is about one."""

    code: str
    """Stable; what it means stands in the table of error codes."""
    part: Part
    place: str
    detail: str
    run_token: str = ""
    run_id: str = ""
    status: str = ""
