"""A question to a person: what the function that asks keeps, and what the person's answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from functions.contract.environment import JsonShape

APPROVED, REJECTED = "approved", "rejected"
MAX_COMMENT_BYTES = 1024
"""Bytes of what a person says to a decision: it stands in the ledger, and in the workflow's state."""


@dataclass(frozen=True, kw_only=True)
class Question(JsonShape):
    """One gate of one run, kept in the state table under ``approval_key`` as canonical JSON with a revision.

    Asking again, in a redriven run, replaces the item; one that was approved is answered at once and asked no more.
    """

    run_token: str
    run_id: str
    """Run id of the attempt that started the workflow."""
    step: str
    """Path of the step: ``release[3]``."""
    tenant: str
    correlation_id: str
    payload_hash: str
    message: str
    """What is to be approved: the text, or the JSON of what is none."""
    callback: str
    """Task token that the gate waits with."""
    execution: str
    """ARN of the execution."""
    asked_at: str
    """ISO 8601 in UTC."""
    ends_at: str
    """When the gate gives up: ISO 8601 in UTC."""
    kept_until: int
    """When the item may be removed, in seconds since 1970; after the end of the gate, so that a redrive finds it."""
    redrive: int = 0
    decision: str = ""
    """``approved`` or ``rejected``; empty while nobody has decided."""
    decided_by: str = ""
    """ARN of who has."""
    decided_at: str = ""
    comment: str = ""

    def answer(self) -> dict[str, Any]:
        """Return the result of a step that was approved."""
        return {"approved_by": self.decided_by, "approved_at": self.decided_at, "comment": self.comment}
