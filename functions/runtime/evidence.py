"""Evidence: what became of each record goes to the ledger, and only what stands there is acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.ledger import LedgerEntry, Status
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.claiming import UNREADABLE, note_duplicate
from functions.runtime.failure import of_platform
from functions.runtime.landing import drop_overdue
from functions.runtime.partiql import Answer, Outcome
from functions.runtime.work import ACKNOWLEDGED, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.invocation import Invocation
    from functions.runtime.work import Work

STATUSES = {
    State.PROCESSED: Status.SUCCEEDED,
    State.DUPLICATE: Status.DUPLICATE,
    State.FAILED: Status.FAILED,
    State.QUARANTINED: Status.QUARANTINED,
    State.DEAD_LETTERED: Status.DEAD_LETTERED,
    State.REJECTED: Status.REJECTED,
    State.DROPPED: Status.SKIPPED,
}
"""What is recorded; a record that goes back untried is no run."""
NO_EVIDENCE = "no-evidence"


def record_all(works: Sequence[Work], invocation: Invocation) -> None:
    """Insert one entry for each work that was tried, in one call; the entry of a processed work is its completion."""
    drop_overdue(works, invocation)
    told = _insert(works, invocation)
    if invocation.settings.ordered and any(not answer.done for _, answer in told):
        from functions.runtime.in_order import insert_overtaken

        told = insert_overtaken(told, lambda left: _insert(left, invocation), invocation)
    ended = [(work, answer) for work, answer in told if work.state is State.PROCESSED and not work.restarted]
    late = [work for work, answer in ended if answer.conflict]
    for work, answer in told:
        if work not in late:
            _conclude(work, answer, invocation)
    repeated = _whose_completion(late, invocation)
    for work, answer in _insert(repeated, invocation):
        _conclude(work, answer, invocation)


def _insert(works: Sequence[Work], invocation: Invocation) -> list[tuple[Work, Answer]]:
    told = [work for work in works if work.state in STATUSES]
    if not told:
        return []
    try:
        entries = [entry(work, invocation) for work in told]
        answers = invocation.services.ledger.insert(entries)
    except AWS_FAILURES as error:
        return [(work, Answer(Outcome.FAILED, error_code(error))) for work in _unsure(told)]
    for work, written, answer in zip(told, entries, answers, strict=True):
        if answer.done:
            work.recorded = written
    return list(zip(told, answers, strict=True))


def _unsure(works: list[Work]) -> list[Work]:
    """The call failed as a whole, so completions may stand in the ledger: the claims are kept until that is known."""
    for work in works:
        if work.state is State.PROCESSED:
            work.state = State.UNCERTAIN
    return works


def _conclude(work: Work, answer: Answer, invocation: Invocation) -> None:
    """An entry that exists already under this run id was written by this very attempt."""
    stored = answer.done or answer.conflict
    if stored and work.state is State.PROCESSED:
        work.state = State.LANDED
    elif not stored and work.state is State.PROCESSED:
        work.fail(of_platform("recording", answer.code))
    elif not stored and work.state in ACKNOWLEDGED:
        work.give_back(f"{NO_EVIDENCE}: {answer.code}", invocation.backoff(work))
    elif not stored:
        work.reason = f"{NO_EVIDENCE}: {answer.code}"


def _whose_completion(works: list[Work], invocation: Invocation) -> list[Work]:
    """Mark completions that are ours with a lost answer as landed; return the works that others have completed."""
    if not works:
        return []
    try:
        done = invocation.services.ledger.completions(invocation.settings.pipeline, [work.token for work in works])
    except UNREADABLE:
        _unsure(works)
        return []
    for work in works:
        completion = done.get(work.token)
        if completion is None:
            work.state = State.UNCERTAIN
        elif (completion.entry.run_id, completion.entry.request_id) == (work.record.run_id, invocation.request_id):
            work.state = State.LANDED
        else:
            note_duplicate(work, completion)
    return [work for work in works if work.state is State.DUPLICATE]


def entry(work: Work, invocation: Invocation) -> LedgerEntry:
    """Return the ledger entry of one attempt."""
    settings, record, failure = invocation.settings, work.record, work.failure
    contract, now, redactor = settings.contract, invocation.utc(), invocation.services.redactor
    special = _special(work, invocation) if failure or work.note else {"error_type": work.reason or None}
    return LedgerEntry(
        pipeline=settings.pipeline,
        stage=settings.stage,
        tenant=work.tenant,
        run_token=work.token,
        run_id=record.run_id,
        parent_run_id=record.parent_run_id,
        status=_status(work, settings.completion),
        attempt=work.attempt,
        recorded_at=now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        duration_ms=round(work.duration * 1000),
        function=invocation.function,
        function_version=invocation.version,
        request_id=invocation.request_id,
        correlation_id=redactor.without_secrets(record.correlation_id),
        manifest_hash=settings.manifest_hash,
        contract_id=contract.id if contract else None,
        contract_version=contract.version if contract else None,
        schema_hash=contract.schema_hash if contract else None,
        payload_hash=record.payload_hash,
        previous_hash=work.head,
        accepted_at=record.accepted_at,
        queued_at=record.queued_at,
        step=record.step,
        location=None if work.state is State.DUPLICATE else work.location,
        drift=tuple(map(redactor.without_secrets, work.drift)),
        **special,
        expires_at=int(now.timestamp()) + settings.ledger_retention,
    )


def _status(work: Work, completion: Status) -> Status:
    if work.state is not State.PROCESSED:
        return STATUSES[work.state]
    return Status.REDRIVEN if work.restarted else completion


def _special(work: Work, invocation: Invocation) -> dict[str, Any]:
    """What only the entry of a record in trouble holds: it may take one write unit more."""
    from functions.runtime.masking import note_of, told
    from functions.runtime.sample import sample_of

    if work.failure is None:
        return {"error_type": work.reason or None, "error_message": note_of(work.note, invocation)}
    said = told(work, work.failure, invocation)
    return {"error_type": said.error_type, "error_message": said.message, "sample": sample_of(work, invocation)}
