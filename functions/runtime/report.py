"""Reporting: a log line for every record that did not simply land, and the counts of the whole invocation."""

from __future__ import annotations

import traceback
from collections import Counter
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.metrics import SchemaValidationError

from functions.contract.metric import OTHER_TENANTS, TENANT_DIMENSION, RecordMetric
from functions.runtime.errors import RESPONSE_BROKEN
from functions.runtime.handling import log_keys
from functions.runtime.telemetry import flush_counts
from functions.runtime.work import OVER_SHARE, State

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
    State.DROPPED: RecordMetric.DROPPED,
}
ONLY_WHEN_COUNTED = frozenset({RecordMetric.REJECTED, RecordMetric.RESPONSES_BROKEN, RecordMetric.DROPPED})
"""Metrics that most pipelines never have; every one that is written costs the price of a metric."""
QUIET = frozenset({State.LANDED, State.IDLE})
MOST_TENANTS = 50
"""Tenants that one environment counts by name in an hour; the rest are counted together."""
HOUR = 3_600


def report(works: Sequence[Work], invocation: Invocation) -> None:
    """Log what is worth knowing: errors for faults of the code and what is given up, warnings for the rest."""
    logger = invocation.services.logger
    for work in works:
        if work.reason == OVER_SHARE:
            continue
        if work.state not in QUIET or (work.reason and work.state is not State.IDLE):
            with logger.append_context_keys(**log_keys(work, invocation.services.redactor)):
                _report(work, invocation)


def _report(work: Work, invocation: Invocation) -> None:
    message = f"record {work.state.value}"
    logger, failure, extra = invocation.services.logger, work.failure, _extra(work, invocation)
    known = failure is None or failure.expected
    with invocation.hiding(work, {"message": message, **extra}):
        if not known or work.state is State.DEAD_LETTERED:
            shown = failure.cause if failure and not invocation.settings.masked else None
            logger.error(message, extra=extra, exc_info=shown)
        elif work.state in (State.DUPLICATE, State.DROPPED):
            logger.info(message, extra=extra)
        else:
            logger.warning(message, extra=extra)


def _extra(work: Work, invocation: Invocation) -> dict[str, Any]:
    from functions.runtime.masking import told

    extra = {"attempt": work.attempt, "outcome": work.state.value, "reason": work.reason or None}
    if work.failure is None:
        return extra
    said = told(work, work.failure, invocation)
    return {**extra, "error_type": said.error_type, "error": said.message, "error_place": _place(work.failure.cause)}


def _place(error: BaseException | None) -> str | None:
    """Return the line that raised: of a traceback, the part that holds no payload."""
    frames = traceback.extract_tb(error.__traceback__) if error else []
    return f"{frames[-1].filename}:{frames[-1].lineno} in {frames[-1].name}" if frames else None


class TenantDimensions:
    """The tenants under whose names an environment counts in one hour, the unit in which CloudWatch bills a metric.

    Where records name their tenant, whoever may send could make a metric with each of them.
    """

    def __init__(self) -> None:
        """Begin without a tenant."""
        self._hour = 0
        self._names: set[str] = set()

    def of(self, tenant: str, now: float) -> str:
        """Return the tenant, or ``_other`` for those beyond the fifty that came first; ``now`` in seconds."""
        hour = int(now // HOUR)
        if hour != self._hour:
            self._hour, self._names = hour, set()
        if len(self._names) < MOST_TENANTS:
            self._names.add(tenant)
        return tenant if tenant in self._names else OTHER_TENANTS


def report_counts(works: Sequence[Work], invocation: Invocation, tenants: TenantDimensions) -> None:
    """Write the metrics of the invocation in embedded metric format: the totals, and landed records by tenant."""
    counts = Counter[str](dict.fromkeys(set(RecordMetric) - ONLY_WHEN_COUNTED, 0))
    landed: Counter[str] = Counter()
    for work in works:
        names = [RecordMetric.RECEIVED, METRICS.get(work.state), RecordMetric.DRIFTED if work.drift else None]
        counts.update(filter(None, names))
        if work.failure is not None and getattr(work.failure.cause, "code", None) == RESPONSE_BROKEN:
            counts[RecordMetric.RESPONSES_BROKEN] += 1
        if work.state is State.LANDED:
            landed[tenants.of(work.tenant, invocation.services.now())] += 1
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
