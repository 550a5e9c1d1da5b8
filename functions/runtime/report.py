"""Reporting: a log line for every record that did not simply land, and the counts of the whole invocation."""

from __future__ import annotations

import traceback
from collections import Counter
from typing import TYPE_CHECKING

from aws_lambda_powertools.metrics import SchemaValidationError

from functions.contract.metric import TENANT_DIMENSION, RecordMetric
from functions.runtime.handling import log_keys
from functions.runtime.telemetry import flush_counts
from functions.runtime.work import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.services import Services
    from functions.runtime.work import Work

METRICS = {
    State.LANDED: RecordMetric.LANDED,
    State.DUPLICATE: RecordMetric.DUPLICATES,
    State.QUARANTINED: RecordMetric.QUARANTINED,
    State.DEAD_LETTERED: RecordMetric.DEAD_LETTERED,
    State.FAILED: RecordMetric.FAILED,
    State.UNCERTAIN: RecordMetric.FAILED,
    State.REJECTED: RecordMetric.REJECTED,
}
QUIET = frozenset({State.LANDED, State.IDLE})


def report(works: Sequence[Work], invocation: Invocation) -> None:
    """Log what is worth knowing: errors for faults of the code and what is given up, warnings for the rest."""
    logger = invocation.services.logger
    for work in works:
        if work.state not in QUIET or (work.reason and work.state is not State.IDLE):
            with logger.append_context_keys(**log_keys(work)):
                _report(work, invocation)


def _report(work: Work, invocation: Invocation) -> None:
    from functions.runtime.masking import is_masked, message_of

    logger, failure = invocation.services.logger, work.failure
    extra = {"attempt": work.attempt, "outcome": work.state.value, "reason": work.reason or None}
    if failure:
        extra |= {"error_type": failure.error_type, "error": message_of(failure, invocation.settings.data_class)}
    known = failure is None or failure.expected
    if not known or work.state is State.DEAD_LETTERED:
        hidden = is_masked(invocation.settings.data_class)
        cause = failure.cause if failure else None
        logger.error(
            "record %s",
            work.state.value,
            extra={**extra, "error_place": _place(cause)},
            exc_info=None if hidden else cause,
        )
    elif work.state is State.DUPLICATE:
        logger.info("record %s", work.state.value, extra=extra)
    else:
        logger.warning("record %s", work.state.value, extra=extra)


def _place(error: BaseException | None) -> str | None:
    """Return the line that raised: of a traceback, the part that holds no payload."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return f"{frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}" if frames else None


def report_counts(works: Sequence[Work], invocation: Invocation) -> None:
    """Write the metrics of the invocation in embedded metric format: the totals, and landed records by tenant."""
    counts = Counter[str](dict.fromkeys(set(RecordMetric) - {RecordMetric.REJECTED}, 0))
    landed: Counter[str] = Counter()
    for work in works:
        names = [RecordMetric.RECEIVED, METRICS.get(work.state), RecordMetric.DRIFTED if work.drift else None]
        counts.update(filter(None, names))
        if work.state is State.LANDED:
            landed[work.tenant] += 1
    services = invocation.services
    if landed:
        del counts[RecordMetric.LANDED]
    flush_counts(services.counts, counts)
    for tenant, count in landed.items():
        flush_counts(services.counts, {RecordMetric.LANDED: count}, **{TENANT_DIMENSION: tenant})
    if services.metrics.metric_set:
        _flush_own(services)


def _flush_own(services: Services) -> None:
    """Write the handler's metrics; what it has put into them must not undo a batch that is recorded already."""
    try:
        services.metrics.flush_metrics()
    except (TypeError, ValueError, SchemaValidationError) as error:
        services.metrics.clear_metrics()
        services.logger.error("metrics of the handler dropped", extra={"error_type": type(error).__name__})
