"""A record that a workflow was started for is open until that has ended, and lost when nobody tells the end in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.reconciliation import Reconciler, Reconciliation
from constructs_lib.operations.window import stamp
from functions.contract.ledger import LedgerEntry, Status
from tests.unit.operations.evidence_world import NOW, entry
from tests.unit.operations.fates import AN_HOUR_AGO, DAY, KEPT

TOKEN = "0123456789abcdef"
LONGEST = timedelta(hours=6)


def of_run(status: Status, run_id: str, at: datetime = AN_HOUR_AGO, **changes: Any) -> LedgerEntry:
    made = entry(TOKEN, "m", 1, at, status=status, **changes)
    return replace(made, run_id=run_id, parent_run_id=None if run_id == "m.1" else made.parent_run_id or "m.1")


STARTED = of_run(Status.STARTED, "m.1")
STEP = replace(entry("s", "m", 1, AN_HOUR_AGO), run_id=f"{TOKEN}/pay.c", parent_run_id="m.1", step="pay")
WELL, BADLY = of_run(Status.SUCCEEDED, TOKEN), of_run(Status.DEAD_LETTERED, TOKEN)
REDRIVEN = of_run(Status.REDRIVEN, f"{TOKEN}-1.redriven.x", AN_HOUR_AGO + timedelta(minutes=5))
WARNED = of_run(Status.WARNED, f"{TOKEN}/mail", step="mail")
REPLAYED = replace(of_run(Status.REPLAYED, f"{TOKEN}.replay.x"), parent_run_id=TOKEN)
LETTER = Letter(frozenset({"copy", TOKEN}))


def reconcile(*entries: LedgerEntry, letters: tuple[Letter, ...] = (), now: datetime = NOW) -> Reconciliation:
    trails = Trails.of((STARTED, *entries))
    return Reconciler(trails, letters, 0, now, KEPT, LONGEST).reconcile([Accepted("m", stamp(AN_HOUR_AGO))], DAY)


def counted(found: Reconciliation) -> dict[str, int]:
    assert sum(found.counts.values()) == (found.accepted or 0) + found.replays + found.unannounced
    return {name: count for name, count in found.counts.items() if count}


@pytest.mark.parametrize(
    ("entries", "letters", "count"),
    [
        ((), (), {"open": 1}),
        ((STEP, WARNED), (), {"open": 1}),
        ((STEP, WELL, WARNED), (), {"succeeded": 1}),
        ((BADLY,), (LETTER,), {"dead_lettered": 1}),
        ((BADLY,), (), {"unexplained": 1}),
        ((BADLY, REDRIVEN), (), {"open": 1}),
        ((BADLY, REDRIVEN, of_run(Status.SUCCEEDED, f"{TOKEN}-1")), (), {"succeeded": 1}),
    ],
    ids=["runs", "with steps", "well", "letter", "letter gone", "redriven", "redriven well"],
)
def test_a_record_is_where_its_workflow_is(entries: Any, letters: Any, count: dict[str, int]) -> None:
    assert counted(reconcile(*entries, letters=letters)) == count


def test_a_run_that_a_step_of_another_workflow_has_started_is_no_record_of_its_own_however_it_ends() -> None:
    of_step = replace(entry("below", "m", 1, AN_HOUR_AGO), run_id="below.1", step="bill")
    started = replace(of_step, status=Status.STARTED)
    failed = replace(of_step, status=Status.FAILED, run_id="below-p1-0", parent_run_id="below.1", step=None)
    assert counted(reconcile(WELL, started, failed)) == {"succeeded": 1}


def test_an_open_run_is_named_with_its_age_and_counts_from_its_redrive_on() -> None:
    (run,) = reconcile(STEP).open_runs
    assert (run.run_token, run.age_seconds) == (TOKEN, 3600)
    (redriven,) = reconcile(BADLY, REDRIVEN).open_runs
    assert redriven.age_seconds == 3300
    assert reconcile(WELL).open_runs == ()


def test_a_run_whose_time_is_over_is_lost() -> None:
    assert reconcile(now=AN_HOUR_AGO + LONGEST).proved
    (lost,) = reconcile(now=AN_HOUR_AGO + LONGEST + timedelta(minutes=3)).unexplained
    assert (lost.code, lost.run_token) == ("run-lost", TOKEN)


def test_a_letter_that_was_sent_back_is_explained_by_the_message_that_continues_it() -> None:
    again = replace(entry(TOKEN, "n", 1, AN_HOUR_AGO, status=Status.DUPLICATE), parent_run_id=TOKEN)
    assert counted(reconcile(BADLY, REPLAYED, again)) == {"dead_lettered": 1, "duplicate": 1}


def test_a_letter_that_was_sent_back_and_never_came_is_lost() -> None:
    codes = {one.code for one in reconcile(BADLY, REPLAYED).unexplained}
    assert codes == {"replay-lost"}


def test_a_letter_that_came_back_and_started_its_run_again_is_where_that_run_is() -> None:
    again = replace(entry(TOKEN, "n", 1, AN_HOUR_AGO, status=Status.REDRIVEN), parent_run_id=TOKEN)
    assert counted(reconcile(BADLY, REPLAYED, again)) == {"open": 2}
    assert counted(reconcile(BADLY, REPLAYED, again, of_run(Status.SUCCEEDED, f"{TOKEN}-1"))) == {"succeeded": 2}


def test_a_message_that_started_its_run_again_is_known_where_only_the_sender_names_it() -> None:
    again = replace(entry(TOKEN, "n", 1, AN_HOUR_AGO, status=Status.REDRIVEN), parent_run_id=TOKEN)
    accepted = [Accepted(name, stamp(AN_HOUR_AGO)) for name in ("m", "n")]
    trails = Trails.of((STARTED, BADLY, REPLAYED, again))
    assert Reconciler(trails, (), 0, NOW, KEPT).reconcile(accepted, DAY).counts["started"] == 2
