"""Ten thousand records in one burst, some twice, some poison, workers killed: every one is accounted for.

``SIGNED`` of them come through the signed route, the rest as messages that look the same: on two cores the emulated
gateway and its verifying function take 30 to 60 requests a second.
"""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from constructs_lib.local.faults import Action, Fault
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.reconcile.door import Door, accepted_at
from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.reconciliation import Reconciler
from constructs_lib.operations.window import Window, utc_now
from functions.contract.ledger import Status
from tests.local.burst.database import Database
from tests.local.burst.senders import send_queued, send_signed

if TYPE_CHECKING:
    from constructs_lib.local.evidence import Evidence
    from constructs_lib.local.project import Project
    from constructs_lib.local.session import LocalSession
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.reconcile.reconciliation import Reconciliation
    from functions.contract.ledger import LedgerEntry
    from tests.local.burst.senders import Record

PIPELINES = Path(__file__).parent / "burst" / "pipelines"
RECORDS, SIGNED, DUPLICATES, POISON, CAP = 10_000, 1_000, 500, 100, 5
KILLED_AFTER = (50, 300, 600)
"""Ledger writes after which a worker is killed before its next one."""
VISIBILITY = 24
"""Seconds until what a killed worker held is shown again: more than its lease of 20 + 2 s."""
LONGEST = 170
"""Seconds for the whole burst."""


@dataclass(frozen=True)
class Burst:
    """What was sent and what came of it."""

    answers: list[int]
    accepted: int
    reconciliation: Reconciliation
    entries: tuple[LedgerEntry, ...]
    database: Database
    kills: int
    seconds: float
    signed_seconds: float


def records(url: str) -> list[Record]:
    """Return the burst in the order in which it is sent: the seed is fixed, so each run sends the same."""
    single = [{"id": f"r-{number}", "database": url} for number in range(RECORDS - DUPLICATES)]
    twice = [dict(record) for record in single[POISON : POISON + DUPLICATES]]
    for record in single[:POISON]:
        record["poison"] = "yes"
    every = single + twice
    random.Random(16).shuffle(every)
    return every


@pytest.fixture(scope="module")
def burst(project: Project, empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Burst:
    synthesised, ran = project.synth(empty_session, PIPELINES)
    assert ran.exit_code == 0, ran.output
    adapted, _ = synthesised.adapted(tmp_path_factory.mktemp("burst") / "adapted")
    (plan,) = project.plans(PIPELINES)
    empty_session.deploy(adapted, (plan,))
    with Database() as database:
        told = run(empty_session, plan, database)
    print(figures(told))
    return told


def run(session: LocalSession, plan: PipelinePlan, database: Database) -> Burst:
    evidence, every, began = session.evidence(plan), records(database.url), utc_now()
    url, started = evidence.queue_url("buffer"), time.monotonic()
    session.aws.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY)})
    with ExitStack() as stack:
        deaths = [stack.enter_context(session.proxy.faults.active(death(plan, skip))) for skip in KILLED_AFTER]
        sent = send_queued(session, plan, every[SIGNED:])
        answers = send_signed(session, plan, every[:SIGNED])
        signed_seconds = time.monotonic() - started
        evidence.wait_until_quiet(LONGEST)
        seconds = time.monotonic() - started
    window = Window(began - timedelta(seconds=1), utc_now())
    door = Door.of(plan)
    assert door is not None
    taken = list(accepted_at(door, session.aws.client("logs"), window))
    accepted = [*taken, *(Accepted(message, "") for message in sent)]
    entries = evidence.every_entry()
    reconciler = Reconciler(Trails.of(entries), letters(session, evidence), 0, utc_now(), timedelta(days=4))
    reconciliation = reconciler.reconcile(accepted, window)
    kills = sum(one.fired for one in deaths)
    return Burst(answers, len(accepted), reconciliation, entries, database, kills, seconds, signed_seconds)


def death(plan: PipelinePlan, skip: int) -> Fault:
    """Return the end of the worker that is about to write the ledger once more, after so many writes of all."""
    return Fault(
        service="dynamodb",
        action=Action.KILL_BEFORE,
        resource=plan.platform.ledger_table,
        verb="Insert",
        function=plan.function(plan.runner).name,
        skip=skip,
        times=1,
    )


def letters(session: LocalSession, evidence: Evidence) -> list[Letter]:
    queue = DeadLetterQueue(session.aws.client("sqs"), evidence.queue_url("dlq"))
    return [Letter.of(one) for one in queue.take()]


def figures(burst: Burst) -> str:
    rate = RECORDS / burst.seconds
    return (
        f"{RECORDS} records in {burst.seconds:.0f} s, {rate:.0f}/s; {SIGNED} of them through the route in"
        f" {burst.signed_seconds:.0f} s; {burst.kills} workers killed; {dict(burst.reconciliation.counts)};"
        f" at most {burst.database.peak} calls to the database at once, {burst.database.stored.total()} in all"
    )


def test_every_request_and_message_of_the_burst_was_accepted(burst: Burst) -> None:
    assert burst.answers == [202] * SIGNED
    assert burst.accepted == RECORDS


def test_three_workers_were_killed_in_the_middle(burst: Burst) -> None:
    assert burst.kills == len(KILLED_AFTER)
    assert sum(entry.attempt > 1 for entry in burst.entries) > 0


def test_nothing_is_unexplained_and_everything_is_counted_once(burst: Burst) -> None:
    counts = burst.reconciliation.counts
    assert burst.reconciliation.unexplained == ()
    assert burst.reconciliation.proved
    assert sum(counts.values()) == RECORDS
    assert {name: count for name, count in counts.items() if count} == {
        "succeeded": RECORDS - DUPLICATES - POISON,
        "duplicate": DUPLICATES,
        "dead_lettered": POISON,
    }


def test_every_record_has_one_effect_and_poison_has_none(burst: Burst) -> None:
    landed = [entry.run_token for entry in burst.entries if entry.status is Status.SUCCEEDED]
    assert len(landed) == len(set(landed)) == RECORDS - DUPLICATES - POISON
    assert set(burst.database.stored) == set(landed)


def test_the_database_never_sees_more_calls_at_once_than_the_cap(burst: Burst) -> None:
    assert 1 < burst.database.peak <= CAP


def test_the_burst_is_over_in_time(burst: Burst) -> None:
    assert burst.seconds < LONGEST
