"""Everything accepted is accounted for once, and what was lost is named and nothing else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.operations.reconcile.door import Door
from constructs_lib.operations.reconcile.evidence import Accepted, Trails
from constructs_lib.operations.reconcile.landed import Location, missing_objects
from constructs_lib.operations.reconcile.reconciliation import Reconciler, Reconciliation
from functions.contract.ledger import Status
from tests.unit.operations.evidence_world import NOW, entry
from tests.unit.operations.fates import (
    DAY,
    EXPLAINED,
    KEPT,
    LOST,
    WAITING,
    Fate,
    History,
    given_up,
    moved_and_replayed,
    moved_and_replayed_at_the_second_try,
    waiting,
)


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
    line = json.loads(json.dumps({"requestId": "r-1", "status": status, "routeKey": "POST /orders"}))
    expected = Accepted("r-1", "t", is_request=True) if taken else None
    assert Door("group", names_requests=True, route="POST /orders").accepted_by(line, "t") == expected


@pytest.mark.parametrize("other", ["POST /returns", "OPTIONS /orders"])
def test_another_route_of_the_api_and_a_preflight_are_no_requests_of_the_pipeline(other: str) -> None:
    door = Door("group", names_requests=True, route="POST /orders")
    assert door.accepted_by({"requestId": "r-1", "status": "204", "routeKey": other}, "t") is None
    assert door.pattern == '{ $.status = "2*" && $.routeKey = "POST /orders" }'


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
