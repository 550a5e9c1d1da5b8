"""What can become of a message that was accepted, as door, ledger and letters tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.reconciliation import Reconciler, Reconciliation
from constructs_lib.operations.window import Window, stamp
from functions.contract.ledger import LedgerEntry, Status
from tests.unit.operations.evidence_world import NOW, entry

AN_HOUR_AGO = NOW - timedelta(hours=1)


KEPT = timedelta(days=4)


DAY = Window(NOW - timedelta(days=1), NOW)


@dataclass
class History:
    """What happened to some messages, and which of them were lost on the way."""

    entries: list[LedgerEntry] = field(default_factory=list)
    accepted: list[Accepted] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    buffered: list[str] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    by_request: bool = False

    def take(self, name: str, at: Any = AN_HOUR_AGO) -> str:
        id = f"c-{name}" if self.by_request else name
        self.accepted.append(Accepted(id, stamp(at), is_request=self.by_request))
        return id

    def add(self, name: str, *statuses: Status, **changes: Any) -> None:
        for attempt, status in enumerate(statuses, 1):
            self.entries.append(entry(f"t-{name}", name, attempt, AN_HOUR_AGO, status=status, **changes))

    def letter(self, name: str, own: str = "") -> None:
        self.letters.append(Letter(frozenset({name, own or f"copy-of-{name}"}), f"c-{name}"))

    def replayed(self, name: str, run: str) -> None:
        plain = entry(f"t-{name}", name, 0, AN_HOUR_AGO, status=Status.REPLAYED)
        self.entries.append(replace(plain, run_id=f"{run}.replay.x", parent_run_id=run))

    def reconcile(self, buffered: int | None = None, now: Any = NOW) -> Reconciliation:
        held = len(self.buffered) if buffered is None else buffered
        reconciler = Reconciler(Trails.of(self.entries), self.letters, held, now, KEPT)
        return reconciler.reconcile(self.accepted, DAY)


Fate = Callable[[History, str], None]


def landed(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.FAILED, Status.SUCCEEDED)


def repeated(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.DUPLICATE)


def skipped(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.SKIPPED)


def quarantined(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.QUARANTINED)


def given_up(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.FAILED, Status.DEAD_LETTERED)
    history.letter(name)


def moved_by_sqs(history: History, name: str) -> None:
    history.take(name)
    history.letter(name, own=name)


def replayed_and_landed(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.FAILED, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.2")
    history.add(f"{name}-again", Status.SUCCEEDED, parent_run_id=f"{name}.2")


def told_later_and_replayed(history: History, name: str) -> None:
    """The ledger was told of the letter at a later delivery than the one that the letter names."""
    history.take(name)
    history.add(name, Status.FAILED, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.1")
    history.add(f"{name}-again", Status.QUARANTINED, parent_run_id=f"{name}.1")


def replay_broken_off(history: History, name: str) -> None:
    given_up(history, name)
    history.replayed(name, f"{name}.2")


def quarantined_and_replay_broken_off(history: History, name: str) -> None:
    quarantined(history, name)
    history.replayed(name, f"{name}.1")


def moved_and_replayed_at_the_second_try(history: History, name: str) -> None:
    """The first command died before it sent the message, and the second counted one receive more."""
    history.take(name)
    history.replayed(name, f"{name}.100")
    history.replayed(name, f"{name}.101")
    history.add(f"{name}-again", Status.QUARANTINED, parent_run_id=f"{name}.101")


def moved_and_replayed(history: History, name: str) -> None:
    history.take(name)
    history.replayed(name, f"{name}.100")
    history.add(f"{name}-again", Status.SUCCEEDED, parent_run_id=f"{name}.100")


def replayed_and_moved_by_sqs(history: History, name: str) -> None:
    """Nothing tells of the new message but its letter."""
    history.take(name)
    history.add(name, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.1")
    history.letters.append(Letter(frozenset({f"{name}-again"}), continued=name))


def replayed_moved_by_sqs_and_replayed(history: History, name: str) -> None:
    """The second replay follows the first; the message in between has left no entry."""
    history.take(name)
    history.add(name, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.1")
    first = history.entries[-1].hash
    history.replayed(name, f"{name}-again.100")
    history.entries[-1] = replace(history.entries[-1], previous_hash=first)
    history.add(f"{name}-third", Status.QUARANTINED, parent_run_id=f"{name}-again.100")


def unannounced(history: History, name: str) -> None:
    history.add(name, Status.SUCCEEDED)


def waiting(history: History, name: str) -> None:
    history.take(name)
    history.buffered.append(name)


def waiting_after_a_failure(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.FAILED)
    history.buffered.append(name)


def lost_untried(history: History, name: str) -> None:
    history.lost.add(history.take(name))


def lost_after_a_failure(history: History, name: str) -> None:
    history.lost.add(history.take(name))
    history.add(name, Status.FAILED)


def lost_unannounced(history: History, name: str) -> None:
    history.add(name, Status.FAILED)
    history.lost.add(name)


def lost_replay(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.1")
    history.lost.add(f"{name}.1")


def lost_in_a_replay(history: History, name: str) -> None:
    history.take(name)
    history.add(name, Status.DEAD_LETTERED)
    history.replayed(name, f"{name}.1")
    history.add(f"{name}-again", Status.FAILED, parent_run_id=f"{name}.1")
    history.lost.add(f"{name}-again")


EXPLAINED: list[Fate] = [
    landed,
    repeated,
    skipped,
    quarantined,
    given_up,
    moved_by_sqs,
    replayed_and_moved_by_sqs,
    replayed_moved_by_sqs_and_replayed,
    replayed_and_landed,
    told_later_and_replayed,
    replay_broken_off,
    quarantined_and_replay_broken_off,
    moved_and_replayed,
    moved_and_replayed_at_the_second_try,
    unannounced,
]


WAITING: list[Fate] = [waiting, waiting_after_a_failure]


LOST: list[Fate] = [lost_untried, lost_after_a_failure, lost_unannounced, lost_replay, lost_in_a_replay]
