"""Everything accepted is accounted for once, and what was lost is named and nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.operations.reconcile.door import Door
from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.landed import Location, missing_objects
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
    quarantined,
    given_up,
    moved_by_sqs,
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


def history_of(data: st.DataObject, fates: list[Fate]) -> History:
    history = History(by_request=data.draw(st.booleans()))
    for number, fate in enumerate(data.draw(st.lists(st.sampled_from(fates), max_size=25))):
        if history.by_request and fate in (moved_and_replayed, moved_and_replayed_at_the_second_try):
            continue  # SQS moved it untried and it was replayed: its entries name the request all the same
        fate(history, f"m{number}")
    return history


def sums_up(found: Reconciliation) -> bool:
    subjects = (found.accepted or 0) + found.replays + found.unannounced
    return sum(found.counts.values()) == subjects


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_with_an_empty_buffer_exactly_the_lost_ones_are_named(data: st.DataObject) -> None:
    history = history_of(data, EXPLAINED + LOST)
    found = history.reconcile()
    assert {one.id for one in found.unexplained} == history.lost
    assert found.counts["unexplained"] == len(history.lost)
    assert found.proved is not bool(history.lost)
    assert sums_up(found)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_with_messages_in_the_buffer_the_lost_ones_are_counted_and_among_the_candidates(data: st.DataObject) -> None:
    history = history_of(data, EXPLAINED + LOST + WAITING)
    found = history.reconcile()
    assert found.counts["unexplained"] == len(history.lost)
    assert found.proved is not bool(history.lost)
    assert history.lost <= {*found.candidates, *(one.id for one in found.unexplained)}
    assert sums_up(found)


@pytest.mark.parametrize("fate", EXPLAINED, ids=lambda fate: fate.__name__)
def test_each_good_end_is_explained_with_an_empty_buffer(fate: Fate) -> None:
    history = History()
    fate(history, "m")
    assert history.reconcile().proved


def test_a_letter_that_somebody_removed_is_named() -> None:
    history = History()
    given_up(history, "m")
    history.letters.clear()
    (one,) = history.reconcile(buffered=5).unexplained
    assert (one.code, one.id, one.run_token) == ("letter-lost", "m", "t-m")


def test_a_letter_may_be_removed_once_its_run_token_has_landed() -> None:
    history = History()
    given_up(history, "m")
    history.letters.clear()
    history.entries.append(entry("t-m", "other"))
    assert history.reconcile().proved


def test_what_was_accepted_a_moment_ago_is_in_flight_and_a_little_later_it_is_not() -> None:
    history = History()
    history.take("m", at=NOW - timedelta(seconds=119))
    assert history.reconcile(buffered=0).counts["in_flight"] == 1
    assert history.reconcile(buffered=0, now=NOW + timedelta(seconds=2)).counts["unexplained"] == 1


def test_what_is_older_than_the_buffer_keeps_is_named_even_while_the_buffer_holds_others() -> None:
    history = History()
    history.take("m", at=NOW - KEPT - timedelta(seconds=1))
    waiting(history, "w")
    found = history.reconcile(buffered=9)
    assert [one.id for one in found.unexplained] == ["m"]
    assert found.counts["in_flight"] == 1


def test_where_nobody_wrote_down_what_was_accepted_the_ledger_alone_is_accounted_for() -> None:
    history = History()
    history.add("m", Status.SUCCEEDED)
    history.add("f", Status.FAILED)
    found = Reconciler(Trails.of(history.entries), [], 0, NOW, KEPT).reconcile(None, DAY)
    assert (found.accepted, found.unannounced, found.counts["succeeded"]) == (None, 2, 1)
    assert [one.id for one in found.unexplained] == ["f"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ({"message": "webhook answered", "status": 202, "message_id": "m-1"}, Accepted("m-1", "t")),
        ({"message": "webhook answered", "status": 202, "code": "duplicate"}, None),
        ({"message": "webhook answered", "status": 401, "message_id": "m-1"}, None),
        ({"message": "other", "status": 202, "message_id": "m-1"}, None),
    ],
)
def test_the_verifying_function_tells_messages(line: dict[str, Any], expected: Accepted | None) -> None:
    assert Door("group", names_requests=False).accepted_by(line, "t") == expected


@pytest.mark.parametrize(("status", "taken"), [("202", True), ("200", True), ("429", False), ("500", False)])
def test_the_access_log_tells_requests(status: str, taken: bool) -> None:
    line = json.loads(json.dumps({"requestId": "r-1", "status": status}))
    expected = Accepted("r-1", "t", is_request=True) if taken else None
    assert Door("group", names_requests=True).accepted_by(line, "t") == expected


def test_each_object_is_asked_for_once_and_every_run_in_a_missing_one_is_named() -> None:
    entries = [
        entry("a", "m1", location="s3://raw/there#1"),
        entry("b", "m2", location="s3://raw/gone#1"),
        entry("c", "m3", location="s3://raw/gone#2-3"),
        entry("d", "m4", location="arn:elsewhere"),
        entry("e", "m5"),
    ]
    asked: list[Location] = []

    def exists(place: Location) -> bool:
        asked.append(place)
        return place.key == "there"

    found = list(missing_objects(entries, exists))
    assert [(one.code, one.id) for one in found] == [
        ("landed-object-missing", "m2.1"),
        ("landed-object-missing", "m3.1"),
    ]
    assert sorted(place.key for place in asked) == ["gone", "there"]


@pytest.mark.parametrize("status", [Status.SLOWED, Status.RESUMED])
def test_what_happened_to_the_intake_is_no_message(status: Status) -> None:
    of_intake = entry("t-1", "raw-store", status=status, attempt=0)
    assert Trails.of([of_intake]).by_message == {}
    assert set(Trails.of([of_intake, entry("t-2", "m-1")]).by_message) == {"m-1"}
