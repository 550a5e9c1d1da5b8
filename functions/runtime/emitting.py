"""Events of a runner: no record fails for one that is lost."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from functions.contract.metric import EventMetric
from functions.runtime.telemetry import flush_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.events import Event
    from functions.runtime.services import Services


def emit(events: Sequence[Event], services: Services) -> list[Event]:
    """Send events and return those that were taken; the others are a warning and a count, and no record's failure."""
    if not events:
        return []
    answers = services.events.put(events)
    lost = Counter(answer for answer in answers if answer is not None)
    for code, count in lost.items():
        services.logger.warning("events lost", extra={"error_type": code, "events": count})
    if lost:
        flush_counts(services.counts, {EventMetric.LOST: lost.total()})
    return [event for event, answer in zip(events, answers, strict=True) if answer is None]
