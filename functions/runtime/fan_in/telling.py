"""Telling: groups that were not complete and parts that came late are events on the platform's bus.

The ledger says so first; an event that is lost, or whose worker dies before it is sent, is told there alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.events import DetailType, Event, FanInIncomplete, FanInLate
from functions.runtime.emitting import emit
from functions.runtime.masking import masked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

MOST_NAMED = 100
"""Missing parts that an event names: an event is at most 256 KiB."""


def tell_late(works: Sequence[Work], invocation: Invocation) -> None:
    """Send an event for each part that came late; every work is one."""
    settings = invocation.settings
    details = [
        FanInLate(
            pipeline=settings.pipeline,
            stage=settings.stage,
            tenant=work.tenant,
            group=work.part.group,
            part=_name(work.part.name, invocation),
            run_token=work.token,
            run_id=work.record.run_id,
        )
        for work in works
        if work.part
    ]
    emit([Event(DetailType.FAN_IN_LATE, detail) for detail in details], invocation.services)


def tell_incomplete(works: Sequence[Work], on_timeout: str, invocation: Invocation) -> None:
    """Send an event for each group that was not complete; the argument of every work is the parts of one."""
    settings = invocation.settings
    named = 0 if settings.masked else MOST_NAMED
    details = [
        FanInIncomplete(
            pipeline=settings.pipeline,
            stage=settings.stage,
            tenant=work.tenant,
            group=str(work.record.body["group"]),
            run_token=work.token,
            run_id=work.record.run_id,
            on_timeout=on_timeout,
            parts=len(work.argument),
            missing_count=work.argument.missing_count,
            missing=tuple(_name(name, invocation) for name in work.argument.missing[:named]),
        )
        for work in works
    ]
    emit([Event(DetailType.FAN_IN_INCOMPLETE, detail) for detail in details], invocation.services)


def _name(name: str, invocation: Invocation) -> str:
    """Return the name of a part as it may be told: it is a value of a record."""
    clean = invocation.services.redactor.without_secrets(name)
    return masked(clean) if invocation.settings.masked else clean
