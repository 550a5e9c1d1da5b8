"""The entry of what an operator did to a pipeline as a whole."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.operations.sending import OPERATOR_VERSION
from constructs_lib.operations.window import stamp
from functions.contract.identity import run_token, text_hash
from functions.contract.ledger import LedgerEntry

if TYPE_CHECKING:
    from datetime import datetime

    from constructs_lib.model.plan import PipelinePlan
    from functions.contract.ledger import Status

ALL_TENANTS = "*"


def operator_entry(
    plan: PipelinePlan, status: Status, subject: str, name: str, message: str, *, by: str, now: datetime, retention: int
) -> LedgerEntry:
    """Return an entry of no record.

    Args:
        plan: the pipeline that something was done to.
        status: what was done.
        subject: what it was done to, such as ``schedule``; with ``name`` the key of the entry's run token.
        name: unique among all that is done to the subject.
        message: what was done, in words.
        by: the ARN of who did it.
        now: when.
        retention: seconds that the ledger keeps the entry.
    """
    return LedgerEntry(
        pipeline=plan.pipeline,
        stage=plan.stage,
        tenant=ALL_TENANTS,
        run_token=run_token(plan.pipeline, (subject, name)),
        run_id=f"{name}.0",
        parent_run_id=None,
        status=status,
        attempt=0,
        recorded_at=stamp(now),
        duration_ms=0,
        function=by,
        function_version=OPERATOR_VERSION,
        request_id=name,
        correlation_id=name,
        manifest_hash=plan.manifest_hash,
        contract_id=None,
        contract_version=None,
        schema_hash=None,
        payload_hash=text_hash(""),
        error_message=message,
        expires_at=int((now + timedelta(seconds=retention)).timestamp()),
    )
