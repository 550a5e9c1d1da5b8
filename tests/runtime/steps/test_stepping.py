"""A step is handled once for each run, and every try after that is given what the first one returned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.ledger import Status
from functions.contract.workflow import PLATFORM_BUSY, STEP_IN_FLIGHT, step_token
from tests.runtime.steps.stepped import FACTS, Stepped, outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.runtime import Run


def counting(*results: Any) -> tuple[list[Run], Callable[[Any, Run], object]]:
    runs: list[Run] = []

    def pay(given: Any, run: Run) -> object:
        runs.append(run)
        return results[len(runs) - 1] if results else {"paid": given, "call": len(runs)}

    return runs, pay


def test_a_step_returns_what_its_handler_has_returned_and_says_whose_run_it_is() -> None:
    runs, pay = counting()
    world = Stepped(pay)
    assert world.take({"total": 3}) == {"paid": {"total": 3}, "call": 1}
    (run,) = runs
    assert (run.token, run.tenant, run.correlation_id) == (step_token(FACTS.token, "pay"), "acme", "corr-1")
    assert run.parent_run_id == FACTS.run_id
    assert run.record == {"body": {"order_id": "o-1"}, "path": {"shop": "s"}}
    assert run.step
    assert (run.step.name, run.step.path, run.callback_token, run.error) == ("pay", "pay", "", None)


def test_a_good_step_takes_three_calls_and_one_more_for_an_output() -> None:
    world = Stepped(counting()[1])
    world.take()
    assert world.calls.names == ["BatchExecuteStatement"] * 3
    landing = Stepped(lambda given, run: run.outputs.raw.put(given))
    landing.take({"order_id": "o-1"})
    assert len(landing.calls.names) == 4
    assert landing.landed() == ['{"order_id":"o-1"}']


def test_the_ledger_says_which_step_of_which_run_it_was() -> None:
    world = Stepped(counting()[1])
    world.take(items=(3,))
    (entry,) = world.entries()
    assert (entry.status, entry.step, entry.parent_run_id) == (Status.SUCCEEDED, "pay[3]", FACTS.run_id)
    assert (entry.tenant, entry.correlation_id, entry.previous_hash) == ("acme", "corr-1", None)


def test_a_finished_step_gives_the_kept_result_again_at_every_try_and_redrive() -> None:
    runs, pay = counting()
    world = Stepped(pay)
    first = world.take({"total": 3})
    assert world.take({"total": 3}, attempt=1) == first
    assert world.take({"total": 4}, execution="another") == first
    assert len(runs) == 1
    assert world.statuses() == ["duplicate", "duplicate", "succeeded"]


def test_items_and_visits_are_effects_of_their_own() -> None:
    runs, pay = counting()
    world = Stepped(pay)
    for step in ({"items": (0,)}, {"items": (1,)}, {"visit": 1}, {"visit": 2}, {}):
        world.take(**step)
    assert len(runs) == len({run.token for run in runs}) == 5
    assert {entry.step for entry in world.entries()} == {"pay[0]", "pay[1]", "pay@1", "pay@2", "pay"}


def test_without_checkpoint_every_try_is_handled_and_leaves_evidence() -> None:
    world = Stepped(counting()[1], checkpoint=False)
    assert [world.take()["call"], world.take()["call"]] == [1, 2]
    assert world.statuses() == ["duplicate", "succeeded"]
    assert not world.dynamodb.items(world.settings.state_table)


def test_a_step_that_undoes_is_recorded_as_undone_and_done_once() -> None:
    runs, pay = counting()
    world = Stepped(pay, completion=Status.UNDONE)
    assert world.take() == world.take(attempt=1)
    assert len(runs) == 1
    assert world.statuses() == ["duplicate", "undone"]


def test_a_failed_step_frees_its_claim_so_that_the_next_try_goes_at_once() -> None:
    def pay(given: Any, run: Run) -> str:
        if run.attempt == 1:
            raise ConnectionError("down")
        return "paid"

    world = Stepped(pay, errors=("ConnectionError",))
    assert outcome(world) == "ConnectionError"
    assert world.take(attempt=1) == "paid"
    failed, done = world.entries()
    assert (failed.status, done.status, done.previous_hash) == (Status.FAILED, Status.SUCCEEDED, failed.hash)


def test_no_number_of_tries_spends_a_step_as_its_workflow_counts_them() -> None:
    def pay(given: Any, run: Run) -> str:
        raise ConnectionError("down")

    world = Stepped(pay)
    assert [outcome(world) for _ in range(8)] == ["ConnectionError"] * 8


def test_while_another_try_holds_the_step_it_is_not_handled() -> None:
    runs, pay = counting()
    world = Stepped(pay)
    world.calls.plan = at(1, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.take()
    world.calls.plan = lambda index, name: None
    assert outcome(world) == STEP_IN_FLIGHT
    assert len(runs) == 1
    world.clock.advance(2 * world.timeout)
    assert world.take()["call"] == 2


def test_a_claim_that_cannot_be_made_is_the_platforms_fault() -> None:
    runs, pay = counting()
    world = Stepped(pay)
    world.calls.plan = at(0, Fault.REFUSED)
    assert outcome(world) == PLATFORM_BUSY
    assert not runs


def test_a_result_that_cannot_be_kept_is_no_success() -> None:
    world = Stepped(counting()[1])
    world.calls.plan = at(1, Fault.REFUSED)
    assert outcome(world) == PLATFORM_BUSY
    assert world.statuses() == ["failed"]
    world.calls.plan = lambda index, name: None
    assert world.take()["call"] == 2


def test_a_job_answers_for_a_step_that_waits_for_it() -> None:
    runs, pay = counting("not the result")
    assert Stepped(pay, checkpoint=False).take(callback="token-1") is None
    assert runs[0].callback_token == "token-1"


def test_a_handler_is_told_which_error_led_to_it() -> None:
    runs, pay = counting()
    told = {"step": "ship", "error": "NoStock", "cause": "none left"}
    Stepped(pay).take(more={"error": told})
    assert runs[0].error == told


@dataclass
class Payment:
    total: int


def test_an_input_is_built_in_the_form_that_the_handler_wants() -> None:
    def pay(payment: Payment, run: Run) -> int:
        return payment.total + 1

    world = Stepped(pay)
    assert world.take({"total": 3}) == 4
    assert outcome(world, {"total": "three"}, visit=1) == "Invalid"


CALLS = 5
"""Of a step with an output and a result by reference: claim, object, value, keep, ledger."""


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(2 * CALLS))
def test_a_fault_at_any_call_repeats_no_completed_effect_and_loses_no_result(fault: Fault, index: int) -> None:
    def pay(given: Any, run: Run) -> dict[str, Any]:
        run.outputs.raw.put(given)
        return {"id": 1, "page": "x" * 20_000}

    world = Stepped(pay)
    world.calls.plan = at(index, fault)
    results: list[Any] = []
    names: set[str] = set()
    for attempt in range(6):
        try:
            results.append(world.take({"order_id": "o-1"}, attempt=attempt))
        except (Crash, Exception) as error:
            names.add(type(error).__name__)
            world.clock.advance(world.timeout)
    assert names <= {"Crash", PLATFORM_BUSY, STEP_IN_FLIGHT}
    assert len(world.entries(Status.SUCCEEDED)) == 1
    assert len(world.landed()) == 1
    assert results
    assert all(result == results[0] for result in results)
    assert results[0]["id"] == 1
    assert len(results[0]["page"]["$ref"]["sha256"]) == 64
