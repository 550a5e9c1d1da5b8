"""What became of the parts of records that were shared out: every worker owes an outcome for each."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.operations.reconcile.evidence import ENDS
from constructs_lib.operations.reconcile.reconciliation import Unexplained
from functions.contract.identity import run_token
from functions.contract.ledger import Status
from functions.contract.share import part_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.model.fan_out import FanOutPlan
    from functions.contract.ledger import LedgerEntry

IN_FLIGHT = "in_flight"


@dataclass(frozen=True)
class Waiting:
    """What the queues of one worker hold."""

    letters: frozenset[str]
    """Run tokens of the letters."""
    unnamed: int
    """Letters that name no run: the queue itself, topic or bus has given them up."""
    messages: int


@dataclass(frozen=True)
class Parts:
    """Every part counted once; ``counts`` sum up to ``owed``."""

    owed: int
    counts: dict[str, int]
    unexplained: tuple[Unexplained, ...]


@dataclass(frozen=True)
class Owed:
    """One part that a worker was to be given."""

    token: str
    name: str
    worker: str
    shared: LedgerEntry


def account(
    plan: FanOutPlan, entries: Iterable[LedgerEntry], waiting: Mapping[str, Waiting], *, by_tenant: bool
) -> Parts:
    """Account for the parts of every record that was shared out; ``waiting`` is by the workers' names.

    Args:
        plan: who the workers are; a record that was shared out among others is judged by those of today.
        entries: of the pipeline, those of workers among them.
        waiting: what each worker's queues hold.
        by_tenant: whether records name their tenant, so that it is a part of every token.
    """
    known = list(entries)
    statuses: dict[str, set[Status]] = defaultdict(set)
    for entry in known:
        statuses[entry.run_token].add(entry.status)
    counts: Counter[str] = Counter()
    lost: list[Unexplained] = []
    left = {name: one.messages + one.unnamed for name, one in waiting.items()}
    owed = [one for entry in known for one in _owed(entry, plan, by_tenant=by_tenant)]
    for one in owed:
        word = _word(one, statuses[one.token], waiting[one.worker], left)
        counts[word] += 1
        if word == "unexplained":
            lost.append(_lost(one, statuses[one.token]))
    return Parts(len(owed), dict(sorted(counts.items())), tuple(sorted(lost)))


def _owed(entry: LedgerEntry, plan: FanOutPlan, *, by_tenant: bool) -> Iterator[Owed]:
    """Yield the parts that an entry says were handed over; where they went says how many there were of each."""
    if entry.status is not Status.STARTED or entry.location is None:
        return
    count = int(entry.location.rpartition("#")[2])
    for worker in plan.workers:
        for number in range(count):
            key = (entry.run_token, worker.name, str(number))
            token = run_token(entry.pipeline, (entry.tenant, *key) if by_tenant else key)
            yield Owed(token, part_name(worker.name, number, numbered=count > 1), worker.name, entry)


def _word(one: Owed, statuses: set[Status], waiting: Waiting, left: dict[str, int]) -> str:
    """Return what came of a part; of those without an outcome, as many as the queues hold are in flight."""
    end = next((status for status in ENDS if status in statuses), None)
    if end is not None:
        return end.value
    if one.token in waiting.letters:
        return Status.DEAD_LETTERED.value
    if left[one.worker]:
        left[one.worker] -= 1
        return IN_FLIGHT
    return "unexplained"


def _lost(one: Owed, statuses: set[Status]) -> Unexplained:
    told = ", ".join(sorted(status.value for status in statuses)) or "no entry"
    detail = f"handed over at {one.shared.recorded_at}; of {one.name} the ledger says: {told}"
    return Unexplained("part-lost", one.name, detail, one.shared.run_token)
