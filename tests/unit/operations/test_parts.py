"""Every part that was handed over is accounted for once, and what was lost is named and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_lib.model.fan_out import FanOutPlan, WorkerPlan
from constructs_lib.operations.reconcile.evidence import Trails
from constructs_lib.operations.reconcile.parts import Parts, Waiting, account
from functions.contract.identity import run_token
from functions.contract.ledger import LedgerEntry, Status
from tests.unit.operations.evidence_world import entry

NAMES = ("captions", "transcode")
PLAN = FanOutPlan(
    via="topic",
    resource="parts-topic",
    workers=tuple(
        WorkerPlan(name=name, function=name, queue=f"to-{name}", dead_letter_queue=f"to-{name}-dlq", mapping=name)
        for name in NAMES
    ),
    messages_per_event=3,
)
NOTHING = Waiting(frozenset(), 0, 0)


def shared(count: int = 1) -> LedgerEntry:
    return replace(entry("t", "m-1"), status=Status.STARTED, run_token="a" * 32, location=f"topic#{count}")


def outcome(worker: str, number: int, status: Status) -> LedgerEntry:
    told = entry("t", "m-1")
    token = run_token(told.pipeline, ("a" * 32, worker, str(number)))
    return replace(told, status=status, run_token=token, run_id=f"{worker}-{number}.1", step=worker)


def accounted(*entries: LedgerEntry, **waiting: Waiting) -> Parts:
    return account(PLAN, entries, {name: waiting.get(name, NOTHING) for name in NAMES}, by_tenant=False)


def test_a_part_without_an_outcome_is_named() -> None:
    found = accounted(shared(), outcome("captions", 0, Status.SUCCEEDED))
    assert (found.owed, found.counts) == (2, {"succeeded": 1, "unexplained": 1})
    assert [(one.code, one.id, one.run_token) for one in found.unexplained] == [("part-lost", "transcode", "a" * 32)]


@given(st.lists(st.sampled_from(["succeeded", "quarantined", "letter", "waiting", "lost"]), min_size=3, max_size=3))
def test_every_part_is_counted_once_by_what_came_of_it(fates: list[str]) -> None:
    others = [outcome("transcode", number, Status.SUCCEEDED) for number in range(3)]
    told = [
        outcome("captions", number, Status(fate))
        for number, fate in enumerate(fates)
        if fate in ("succeeded", "quarantined")
    ]
    letters = [outcome("captions", n, Status.DEAD_LETTERED) for n, fate in enumerate(fates) if fate == "letter"]
    waiting = Waiting(frozenset(one.run_token for one in letters), 0, fates.count("waiting"))
    found = accounted(shared(3), *others, *told, *letters, captions=waiting)
    assert sum(found.counts.values()) == found.owed == 6
    assert len(found.unexplained) == fates.count("lost")
    assert found.counts.get("in_flight", 0) == fates.count("waiting")


def test_a_letter_that_is_gone_is_a_loss() -> None:
    found = accounted(shared(), outcome("captions", 0, Status.DEAD_LETTERED), outcome("transcode", 0, Status.SUCCEEDED))
    assert [one.id for one in found.unexplained] == ["captions"]


def test_entries_of_workers_are_no_messages_of_the_buffer() -> None:
    trails = Trails.of([shared(), outcome("captions", 0, Status.SUCCEEDED)])
    assert len(trails.by_message) == 1
    (trail,) = trails.by_message.values()
    assert trail.end is Status.STARTED


@pytest.mark.parametrize("by_tenant", [True, False])
def test_where_records_name_their_tenant_it_is_part_of_every_token(by_tenant: bool) -> None:
    told = shared()
    key = ("a" * 32, "captions", "0")
    token = run_token(told.pipeline, (told.tenant, *key) if by_tenant else key)
    done = replace(outcome("captions", 0, Status.SUCCEEDED), run_token=token)
    found = account(PLAN, [told, done], dict.fromkeys(NAMES, NOTHING), by_tenant=by_tenant)
    assert found.counts["succeeded"] == 1
