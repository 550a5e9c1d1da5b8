"""Whether records of one lane have landed in the order in which they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping, Sequence

    from functions.contract.ledger import LedgerEntry

DONE = frozenset({Status.SUCCEEDED, Status.STARTED})
"""By which a record has come to its good end in the function that took it: landed, or handed over."""
ENDS = DONE | {Status.DUPLICATE, Status.QUARANTINED, Status.SKIPPED, Status.REJECTED, Status.DEAD_LETTERED}


@dataclass(frozen=True)
class Order:
    """The messages of each lane with their run tokens, in the order in which they were sent."""

    lanes: Mapping[str, Sequence[tuple[str, str]]]
    moved: Container[str]
    """Messages that the queue itself has moved to the dead-letter queue: they are given up."""
    unsure: Container[str] = ()
    """Invocations that died, or never heard what came of a call: they could not mend a completion that was refused."""

    def overtaking(self, entries: Sequence[LedgerEntry]) -> Iterator[str]:
        """Yield messages that succeeded before an earlier one of their lane had come to an end.

        What repeats a record that has landed or was given up has nothing left to do. Completions of one try may be
        written in any order: their records were handled one after the other.
        """
        tries = {entry.run_id.rpartition(".")[0]: _try(entry) for entry in entries if entry.status in DONE}
        ended: dict[str, int] = {}
        succeeded: dict[str, int] = {}
        over: dict[str, int] = {}
        """Run tokens of which nothing more is expected."""
        for number, entry in enumerate(entries):
            message = entry.run_id.rpartition(".")[0]
            if entry.status in ENDS:
                ended.setdefault(message, number)
            if entry.status in DONE:
                succeeded[message] = number
            if entry.status in DONE or entry.status is Status.DEAD_LETTERED:
                over.setdefault(entry.run_token, number)
        never = len(entries)
        for lane in self.lanes.values():
            latest, holder = -1, ""
            for message, token in lane:
                sure = message in succeeded and entries[succeeded[message]].request_id not in self.unsure
                if sure and succeeded[message] < latest and tries[message] != tries.get(holder):
                    yield f"{message} before {holder}"
                end = -1 if message in self.moved else min(ended.get(message, never), over.get(token, never))
                if end > latest:
                    latest, holder = end, message


def _try(entry: LedgerEntry) -> str:
    """Return the try that an entry is of: of a stream there may be several in one invocation."""
    delivery = entry.run_id.rpartition(".")[2]
    return delivery if not delivery.isdecimal() else entry.request_id
