"""What is remembered lasts as long as a record can come back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault
from constructs_lib.model.timings import default_claim_ttl
from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def _delivery(subject: Subject) -> tuple[timedelta, str]:
    """Return how long a record can still be delivered or replayed, and how that is made up."""
    queue = subject.declaration.queue
    total = queue.retention_period + queue.dlq.retention_period
    return total, f"at least queue + DLQ retention = {duration_text(total)}"


def ttl_outlives_delivery(subject: Subject) -> Iterator[Fault]:
    """A replay from the dead-letter queue still finds the record's claim."""
    ttl, queue = subject.declaration.idempotency.ttl, subject.declaration.queue
    shortest, allowed = _delivery(subject)
    if ttl is not None and ttl < shortest:
        default = default_claim_ttl(queue.retention_period, queue.dlq.retention_period)
        fix = f"leave it out for {duration_text(default)}, or shorten the retentions"
        yield Fault("ttl-too-short", "idempotency.ttl", duration_text(ttl), allowed, fix)


def ledger_outlives_delivery(subject: Subject) -> Iterator[Fault]:
    """A replay still finds the ledger entry that says the record is done."""
    kept = subject.declaration.ledger.retention
    shortest, allowed = _delivery(subject)
    if kept < shortest:
        yield Fault("ledger-too-short", "ledger.retention", duration_text(kept), allowed, "leave it out for 400d")


def log_retention_is_offered(subject: Subject) -> Iterator[Fault]:
    """CloudWatch Logs keeps lines for certain numbers of days alone."""
    kept, offered = subject.declaration.observability.log_retention, subject.catalog.limits.log_retention_days
    if kept in [timedelta(days=days) for days in offered]:
        return
    longer = next((days for days in offered if timedelta(days=days) > kept), offered[-1])
    yield Fault(
        "log-retention-wrong",
        "observability.log_retention",
        duration_text(kept),
        ", ".join(f"{days}d" for days in offered),
        f"write {longer}d",
    )
