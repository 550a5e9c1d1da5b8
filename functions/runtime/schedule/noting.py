"""Evidence of ticks that nobody will run: one entry for each, under the run token that it would have had."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from functions.contract.ticks import time_text
from functions.runtime.evidence import record_all
from functions.runtime.report import report
from functions.runtime.work import State, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from functions.runtime.invocation import Invocation
    from functions.runtime.record import Record


def note_skipped(
    ticks: Iterable[tuple[int, str]], found_by: Work, token_of: Callable[[Record], str], invocation: Invocation
) -> bool:
    """Return whether every tick, with its reason, stands in the ledger as skipped; repeated, nothing is added."""
    works = [_skipped(at, reason, found_by, token_of) for at, reason in ticks]
    for start in range(0, len(works), 25):
        record_all(works[start : start + 25], invocation)
    report(works, invocation)
    return all(work.state is State.DROPPED for work in works)


def _skipped(at: int, reason: str, found_by: Work, token_of: Callable[[Record], str]) -> Work:
    """Return a tick that had no message: its run id says when it was due, so that it is noted once."""
    text = time_text(at)
    fields = {"body": {}, "schedule": {"scheduled_at": text, "page": 1}}
    record = replace(
        found_by.record,
        message_id=f"not-run.{text}",
        receive_count=1,
        fields=fields,
        parent_run_id=None,
        queued_at=None,
    )
    work = Work(record=record, token=token_of(record), tenant=found_by.tenant)
    work.drop(reason)
    return work
