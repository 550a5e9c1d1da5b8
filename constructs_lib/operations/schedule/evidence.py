"""Evidence of what an operator does to a schedule; written before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.operations.operator_entry import operator_entry
from constructs_lib.operations.sending import new_id
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from datetime import datetime

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.sending import LedgerOfTokens


@dataclass(frozen=True)
class OperatorNotes:
    """The ledger of one pipeline, on behalf of ``operator`` (the ARN of who is asking); retention in seconds."""

    plan: PipelinePlan
    ledger: LedgerOfTokens
    operator: str
    retention: int

    def note(self, subject: str, message: str, now: datetime) -> None:
        """Write what is done to the schedule or its cursor."""
        name = new_id()
        entry = operator_entry(
            self.plan, Status.OPERATED, subject, name, message, by=self.operator, now=now, retention=self.retention
        )
        self.ledger.add(entry)
