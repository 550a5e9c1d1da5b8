"""Every place where a worker can die or an answer can be lost, with real processes: one effect, the right entries.

The cases run at the same time on one deployment, each with records of its own; a message of a worker that died comes
back after its visibility timeout, which they all wait for together.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.local.crash.cases import AT_ONCE, IN_BATCHES, IN_TURN
from tests.local.crash.gates import Gates
from tests.local.crash.stage import CrashStage

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.local.project import Project
    from constructs_lib.local.session import LocalSession
    from tests.local.crash.stage import Outcome

PIPELINES = Path(__file__).parent / "crash" / "pipelines"
LANDED_FIRST = [("succeeded", 1, None)]
LANDED_SECOND = [("succeeded", 2, None)]

Cases = dict[str, Future["Outcome"]]


@pytest.fixture(scope="module")
def cases(project: Project, empty_session: LocalSession, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cases]:
    synthesised, ran = project.synth(empty_session, PIPELINES)
    assert ran.exit_code == 0, ran.output
    adapted, _ = synthesised.adapted(tmp_path_factory.mktemp("crash") / "adapted")
    plans = project.plans(PIPELINES)
    empty_session.deploy(adapted, plans)
    with Gates() as gates:
        alone, batch = (CrashStage(empty_session, plan, gates) for plan in plans)
        with ThreadPoolExecutor(len(AT_ONCE)) as many, ThreadPoolExecutor(1) as turns, ThreadPoolExecutor(1) as batches:
            yield {
                case.__name__: pool.submit(case, stage)
                for pool, stage, group in (
                    (turns, alone, IN_TURN),
                    (many, alone, AT_ONCE),
                    (batches, batch, IN_BATCHES),
                )
                for case in group
            }


@pytest.fixture
def outcome(cases: Cases) -> Callable[[str], Outcome]:
    """Return what came of a case: no message is unexplained, and no entry follows one that is lost."""

    def find(name: str) -> Outcome:
        found = cases[name].result()
        assert found.unexplained == []
        assert all("lost" not in entry for entries in found.told.values() for entry in entries)
        return found

    return find


Find = Callable[[str], "Outcome"]


def only(outcome: Outcome) -> list[tuple[str, int, str | None]]:
    """Return the entries of a case about one record, which has one effect."""
    ((name, entries),) = outcome.told.items()
    assert outcome.effects == {name: 1}
    return entries


def test_a_worker_killed_between_claim_and_effect_leaves_a_record_that_lands_once(outcome: Find) -> None:
    found = outcome("killed_between_claim_and_effect")
    assert (found.deaths, only(found)) == (1, LANDED_SECOND)


def test_a_worker_killed_between_effect_and_ledger_leaves_one_effect_that_the_ledger_names(outcome: Find) -> None:
    found = outcome("killed_between_effect_and_ledger")
    assert (found.deaths, only(found)) == (1, LANDED_SECOND)


def test_a_worker_killed_before_it_could_acknowledge_leaves_a_duplicate_of_its_own_completion(outcome: Find) -> None:
    found = outcome("killed_after_the_ledger")
    assert (found.deaths, only(found)) == (1, [*LANDED_FIRST, ("duplicate", 0, "succeeded")])


def test_a_lost_answer_to_the_claim_is_no_failure_and_no_second_attempt(outcome: Find) -> None:
    assert only(outcome("answer_to_the_claim_lost")) == LANDED_FIRST


def test_a_lost_answer_to_the_ledger_write_is_no_failure_and_no_duplicate(outcome: Find) -> None:
    assert only(outcome("answer_to_the_ledger_lost")) == LANDED_FIRST


def test_the_second_of_two_workers_at_once_waits_and_finds_a_duplicate(outcome: Find) -> None:
    assert only(outcome("two_workers_at_once")) == [*LANDED_FIRST, ("duplicate", 0, "succeeded")]


def test_a_worker_whose_lease_ran_out_and_that_goes_on_cannot_complete_over_the_newer_one(outcome: Find) -> None:
    assert only(outcome("lease_over_and_on")) == [*LANDED_FIRST, ("duplicate", 1, "succeeded")]


def test_a_worker_whose_lease_ran_out_and_that_raises_takes_nothing_away_from_the_newer_one(outcome: Find) -> None:
    entries = only(outcome("lease_over_and_raised"))
    assert entries == [*LANDED_FIRST, ("failed", 1, None), ("duplicate", 0, "succeeded")]


def test_a_duplicate_after_its_claim_has_expired_is_stopped_by_the_ledger(outcome: Find) -> None:
    assert only(outcome("duplicate_after_the_claim_expired")) == [*LANDED_FIRST, ("duplicate", 1, "succeeded")]


def test_a_duplicate_after_claim_and_completion_have_expired_is_a_record_of_its_own(outcome: Find) -> None:
    assert only(outcome("duplicate_after_all_expired")) == LANDED_FIRST


def test_the_same_record_twice_in_one_batch_lands_once(outcome: Find) -> None:
    assert only(outcome("twice_in_one_batch")) == [*LANDED_FIRST, ("duplicate", 0, "succeeded")]


def test_a_poison_record_in_a_batch_is_given_up_and_its_nine_neighbours_land(outcome: Find) -> None:
    found = outcome("poison_in_a_batch")
    poison, *others = found.told
    assert found.told[poison] == [("dead_lettered", 1, None)]
    assert (found.effects[poison], found.errors[poison]) == (0, "Permanent")
    assert [found.told[name] for name in others] == [LANDED_FIRST] * 9
    assert [found.effects[name] for name in others] == [1] * 9


def test_a_record_that_kills_its_worker_each_time_is_given_up_and_its_nine_neighbours_land(outcome: Find) -> None:
    found = outcome("deadly_in_a_batch")
    deadly, *others = found.told
    assert [status for status, _, _ in found.told[deadly]] == ["dead_lettered"]
    assert (found.effects[deadly], found.errors[deadly]) == (0, "WorkerDied")
    assert [found.told[name][0] for name in others] == [("succeeded", 2, None)] * 9
    assert [found.effects[name] for name in others] == [1] * 9


def test_the_dead_letter_of_a_killed_worker_says_so_and_nothing_is_left_on_the_queues(
    cases: Cases, project: Project, empty_session: LocalSession
) -> None:
    for case in cases.values():
        case.result()
    alone, batch = (empty_session.evidence(plan) for plan in project.plans(PIPELINES))
    batch.wait_until_quiet(30)
    alone.wait_until_quiet(30)
    assert [letter.error_type for letter in batch.dead_letters(batch.run_token("deadly-0"))] == ["WorkerDied"]
    assert (alone.depth("dlq"), batch.depth("dlq")) == (0, 2)
