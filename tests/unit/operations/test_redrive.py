"""A redrive: one more execution of a run that has ended badly, evidence before it, its letters gone after it."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace

import pytest

from constructs_lib.errors import UserError
from functions.contract.ledger import Status
from functions.contract.message import ITEM_FAILED
from functions.contract.workflow import below_run_id, replay_name
from tests.unit.operations.in_memory import OPERATOR, RETENTION, BrokenOffError
from tests.unit.operations.workflow_account import (
    EXECUTION,
    STARTED,
    TOKEN,
    WorkflowAccount,
    ended,
    letter,
    succeeded,
)


@pytest.fixture
def failed() -> WorkflowAccount:
    """A run that has failed, with its letter and one of another run."""
    account = WorkflowAccount([STARTED, ended()])
    account.ran(TOKEN, "FAILED")
    account.letters = [letter("own", TOKEN), letter("other", "o" * 32, run_token="o" * 32)]
    return account


def test_the_entry_is_written_then_the_execution_starts_then_the_letter_is_removed(failed: WorkflowAccount) -> None:
    redriver = failed.redriver()
    assert redriver.redrive(redriver.plan(TOKEN)) == ("own",)
    assert failed.steps == ["entry", "start", "remove"]
    assert [one.message_id for one in failed.letters] == ["other"]
    assert failed.hidden == {"own"}


def test_the_execution_has_the_input_of_the_first_its_number_and_the_entry_that_it_follows(
    failed: WorkflowAccount,
) -> None:
    redriver = failed.redriver()
    redriver.redrive(redriver.plan(TOKEN))
    given = json.loads(failed.executions[f"{EXECUTION}{TOKEN}-1"]["input"])
    redriven = failed.entries[-1]
    assert given == {"run": {"token": "t", "redrive": 1, "head": redriven.hash}, "record": {"body": 1}}
    assert (redriven.status, redriven.run_token, redriven.function) == (Status.REDRIVEN, TOKEN, OPERATOR)
    assert (redriven.parent_run_id, redriven.previous_hash) == ("m-1.1", failed.entries[1].hash)
    assert redriven.expires_at == 1_769_904_000 + RETENTION


def test_planning_a_redrive_changes_nothing(failed: WorkflowAccount) -> None:
    planned = failed.redriver().plan(TOKEN)
    assert (planned.name, planned.number, planned.before.status) == (f"{TOKEN}-1", 1, "FAILED")
    assert (failed.steps, failed.hidden) == ([], set())


@pytest.mark.parametrize(("broken_at", "executions"), [("entry", 1), ("start", 1), ("remove", 2)])
def test_a_crash_between_any_two_steps_leaves_the_letters_for_others(
    failed: WorkflowAccount, broken_at: str, executions: int
) -> None:
    failed.broken_at = broken_at
    redriver = failed.redriver()
    with suppress(BrokenOffError):
        redriver.redrive(redriver.plan(TOKEN))
    assert len(failed.letters) == 2
    assert (failed.hidden, len(failed.executions)) == (set(), executions)


def test_a_second_redrive_follows_the_first_and_takes_its_letter(failed: WorkflowAccount) -> None:
    redriver = failed.redriver()
    redriver.redrive(redriver.plan(TOKEN))
    failed.executions[f"{EXECUTION}{TOKEN}-1"]["status"] = "FAILED"
    failed.entries.append(ended(f"{TOKEN}-1"))
    failed.letters.append(letter("again", f"{TOKEN}-1"))
    planned = redriver.plan(TOKEN)
    assert (planned.name, planned.before.name) == (f"{TOKEN}-2", f"{TOKEN}-1")
    assert redriver.redrive(planned) == ("again",)


def test_a_name_that_was_used_is_not_used_again_when_its_history_is_gone(failed: WorkflowAccount) -> None:
    failed.entries.append(ended(f"{TOKEN}-3"))
    assert failed.redriver().plan(TOKEN).name == f"{TOKEN}-4"


def test_a_redrive_that_never_started_is_made_up_for_under_its_own_name(failed: WorkflowAccount) -> None:
    failed.broken_at = "start"
    redriver = failed.redriver()
    with suppress(BrokenOffError):
        redriver.redrive(redriver.plan(TOKEN))
    failed.broken_at = None
    redriver.redrive(redriver.plan(TOKEN))
    assert [one for one in failed.executions if one.endswith("-1")] == [f"{EXECUTION}{TOKEN}-1"]
    assert len({one.run_id for one in failed.entries if one.status is Status.REDRIVEN}) == 2


def refused(account: WorkflowAccount, token: str = TOKEN) -> str:
    with pytest.raises(UserError) as caught:
        account.redriver().plan(token)
    return caught.value.faults[0].code


def test_what_cannot_go_on_is_refused_with_the_reason(failed: WorkflowAccount) -> None:
    assert refused(failed, "nope") == "run-unknown"
    assert refused(WorkflowAccount([replace(ended(), run_id="m-1.4")])) == "run-not-started"
    assert refused(WorkflowAccount([STARTED, ended()])) == "execution-gone"
    failed.ran(f"{TOKEN}-1", "RUNNING")
    failed.entries.append(replace(STARTED, status=Status.REDRIVEN))
    assert refused(failed) == "run-still-running"


def test_a_run_that_has_succeeded_is_redriven_for_the_sake_of_failed_items_alone() -> None:
    account = WorkflowAccount([STARTED, succeeded()])
    account.ran(TOKEN, "SUCCEEDED")
    assert refused(account) == "run-succeeded"
    account.entries.append(ended("i.1", run_token="i" * 32, step="resize[3]"))
    account.letters = [letter("item", "i.1", ITEM_FAILED)]
    redriver = account.redriver()
    planned = redriver.plan(TOKEN)
    assert planned.failed_items == ("resize[3]",)
    assert redriver.redrive(planned) == ("item",)
    assert refused(account) == "run-still-running"
    account.executions[f"{EXECUTION}{TOKEN}-1"]["status"] = "SUCCEEDED"
    assert refused(account) == "run-succeeded"
    account.entries.append(ended("i.2", step="resize[3]", recorded_at="2026-02-02T00:00:00.000Z"))
    assert redriver.plan(TOKEN).name == f"{TOKEN}-2"


def test_items_that_failed_in_the_run_of_a_replayed_letter_are_redriven_too() -> None:
    replay = replace(STARTED, status=Status.DUPLICATE, run_id="m-7.1", parent_run_id=TOKEN)
    account = WorkflowAccount([STARTED, ended(), replay, succeeded()])
    account.ran(TOKEN, "SUCCEEDED")
    assert refused(account) == "run-succeeded"
    account.entries.append(ended("i.1", run_token="i" * 32, step="resize[3]", parent_run_id="m-7.1"))
    assert account.redriver().plan(TOKEN).failed_items == ("resize[3]",)


def test_a_run_that_a_replayed_letter_goes_on_with_is_left_alone(failed: WorkflowAccount) -> None:
    failed.entries.append(replace(STARTED, status=Status.DUPLICATE, run_id="m-7.1", parent_run_id=TOKEN))
    failed.ran(replay_name(TOKEN, "m-7"), "RUNNING")
    assert refused(failed) == "run-still-running"


@pytest.fixture
def below() -> WorkflowAccount:
    """A run that a step of another workflow has started, and that has failed."""
    started = replace(STARTED, run_id=below_run_id(TOKEN), parent_run_id="m-1.1", step="bill")
    failed = replace(ended(f"{TOKEN}-p0-0"), status=Status.FAILED, parent_run_id=started.run_id)
    account = WorkflowAccount([started, failed])
    account.ran(f"{TOKEN}-p0-0", "FAILED")
    return account


def test_a_run_of_another_workflows_step_goes_on_from_the_execution_that_its_ledger_names(
    below: WorkflowAccount,
) -> None:
    planned = below.redriver().plan(TOKEN)
    assert (planned.name, planned.before.name, planned.ended) == (f"{TOKEN}-1", f"{TOKEN}-p0-0", below.entries[1])


def test_while_the_other_workflow_runs_it_again_it_is_left_alone(below: WorkflowAccount) -> None:
    below.ran("another-p1-0", "RUNNING")
    assert below.redriver().plan(TOKEN).number == 1
    below.ran(f"{TOKEN}-p1-0", "RUNNING")
    assert refused(below) == "run-still-running"


def test_items_of_a_run_below_are_found_under_the_step_that_started_it(below: WorkflowAccount) -> None:
    well = replace(below.entries[1], status=Status.SUCCEEDED, error_type=None)
    below.entries[1:] = [well]
    below.executions[f"{EXECUTION}{TOKEN}-p0-0"]["status"] = "SUCCEEDED"
    assert refused(below) == "run-succeeded"
    item = ended("i.1", run_token="i" * 32, step="resize[3]", parent_run_id=below_run_id(TOKEN))
    below.entries.append(item)
    assert below.redriver().plan(TOKEN).failed_items == ("resize[3]",)
