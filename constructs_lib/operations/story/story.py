"""Putting a record's ledger entries in the order in which things happened, with the time in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from constructs_lib.operations.story.log_link import log_link
from constructs_lib.operations.story.step import Lane, Step
from constructs_lib.operations.story.tree import Below, Node, Scopes, grow
from functions.contract.ledger import LedgerEntry, Status

_LANES = tuple(Lane)
_BESIDE = frozenset({Status.WARNED, Status.UNDONE, Status.OPERATED})
"""What happens to a run on its way, and is not what comes of it."""
_BAD = frozenset({Status.FAILED, Status.DEAD_LETTERED, Status.QUARANTINED, Status.REJECTED})


@dataclass(frozen=True)
class Related:
    """A run that this record's runs continue, or that continues one of them under another run token."""

    run_id: str
    run_token: str
    status: str


@dataclass(frozen=True)
class Story:
    """What happened under one run token."""

    pipeline: str
    run_token: str
    tenant: str
    steps: tuple[Step, ...]
    parents: tuple[str, ...]
    """Runs that are continued here."""
    children: tuple[Related, ...]
    """Runs under other run tokens that continue a run from here."""
    status: str
    """What came of it in the end; ``succeeded`` stands, whatever was tried later."""
    tree: tuple[Node, ...] = ()
    """The steps of its workflow, or its workers, each with what is inside it; empty where it has none."""

    @property
    def duration_ms(self) -> int:
        """From the first step to the end of the last."""
        return max(step.ended for step in self.steps) - self.steps[0].at

    def to_json(self) -> dict[str, Any]:
        """Return plain data; its shape is stable."""
        steps = [{**vars(step), "lane": step.lane.value} for step in self.steps]
        children, tree = [vars(child) for child in self.children], [node.to_json() for node in self.tree]
        return {**vars(self), "duration_ms": self.duration_ms, "steps": steps, "children": children, "tree": tree}


def tell(
    entries: tuple[LedgerEntry, ...],
    children: Iterable[LedgerEntry],
    region: str,
    scopes: Scopes | None = None,
    below: tuple[Below, ...] = (),
) -> Story:
    """Return the story of the entries of one run token, at least one; ``children`` continue its runs.

    Entries that name a step make the tree; ``scopes`` says what is around which step, and ``below`` what ran in other
    pipelines for one.
    """
    first, children = entries[0], tuple(children)
    related = {
        (c.run_id, c.run_token, c.status.value) for c in children if c.run_token != first.run_token and not c.step
    }
    statuses = [entry.status for entry in entries if entry.status not in _BESIDE] or [first.status]
    return Story(
        pipeline=first.pipeline,
        run_token=first.run_token,
        tenant=first.tenant,
        steps=_waited(sorted(_steps(entries, region), key=lambda step: (step.at, _LANES.index(step.lane)))),
        parents=tuple(sorted({entry.parent_run_id for entry in entries if entry.parent_run_id})),
        children=tuple(Related(*values) for values in sorted(related)),
        status=(Status.SUCCEEDED if Status.SUCCEEDED in statuses else statuses[-1]).value,
        tree=grow((*_own(entries), *children), scopes or {}, region, below),
    )


def _own(entries: tuple[LedgerEntry, ...]) -> tuple[LedgerEntry, ...]:
    """Return the entries without the one that names the step of another pipeline which started the run."""
    return tuple(entry for entry in entries if entry.status is not Status.STARTED)


def _steps(entries: tuple[LedgerEntry, ...], region: str) -> Iterator[Step]:
    accepted: set[int] = set()
    queued: set[str] = set()
    for entry in entries:
        message = entry.run_id.rpartition(".")[0]
        if entry.accepted_at is not None and entry.accepted_at not in accepted:
            accepted.add(entry.accepted_at)
            detail = {"correlation_id": entry.correlation_id}
            yield Step(entry.accepted_at, Lane.GATEWAY, "accepted", message, detail=detail)
        if entry.queued_at is not None and message not in queued and entry.status is not Status.REPLAYED:
            queued.add(message)
            yield Step(entry.queued_at, Lane.QUEUE, "queued", message)
        yield from _outcome(entry, region)


def _outcome(entry: LedgerEntry, region: str) -> Iterator[Step]:
    at = _milliseconds(entry.recorded_at)
    if entry.status is Status.REPLAYED:
        detail = {"by": entry.function, "continues": entry.parent_run_id}
        yield Step(at, Lane.REPLAY, "replayed", entry.run_id, detail=detail)
        return
    if entry.status in {Status.REDRIVEN, Status.OPERATED}:
        what = (entry.error_message or "operated") if entry.status is Status.OPERATED else "redriven"
        yield Step(at, Lane.OPERATOR, what, entry.run_id, detail={"by": entry.function})
        return
    began, told = at - entry.duration_ms, entry.status.value.replace("_", " ")
    of = f"{entry.step}: " if entry.step else f"attempt {entry.attempt}: " if entry.attempt else ""
    what = f"{of}{told}"
    yield Step(
        began,
        Lane.ATTEMPTS,
        what,
        entry.run_id,
        entry.duration_ms,
        failed=entry.status in _BAD,
        detail=_given(entry, "function", "function_version", "request_id", "error_type", "error_message", "drift"),
        logs=log_link(region, entry.function, entry.run_token, began, at),
    )
    if entry.location:
        kept = "quarantined" if entry.status is Status.QUARANTINED else "landed"
        yield Step(at, Lane.OUTPUTS, kept, entry.run_id, detail={"location": entry.location})
    if entry.status is Status.DEAD_LETTERED:
        detail = _given(entry, "error_type", "error_message")
        yield Step(at, Lane.DEAD_LETTERS, "dead letter", entry.run_id, failed=True, detail=detail)


def _given(entry: LedgerEntry, *names: str) -> dict[str, Any]:
    return {name: value for name in names if (value := getattr(entry, name))}


def _waited(steps: list[Step]) -> tuple[Step, ...]:
    told: list[Step] = []
    ended = None
    for step in steps:
        told.append(replace(step, waited_ms=None if ended is None else max(0, step.at - ended)))
        ended = max(step.ended, ended or 0)
    return tuple(told)


def _milliseconds(recorded_at: str) -> int:
    return round(datetime.fromisoformat(recorded_at).timestamp() * 1000)
