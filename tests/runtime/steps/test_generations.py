"""What was taken back is done anew when its run begins again, and what stands is not."""

from __future__ import annotations

from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Fault, at
from functions.contract.ledger import Status
from functions.contract.workflow import FURTHER, StepSettings
from functions.runtime.seldom_settings import step
from tests.runtime.steps.taken_back import Saga


def test_a_function_reads_from_its_environment_what_takes_its_step_back() -> None:
    settings = StepSettings("pay", undo="pay_undo", undone_with={"both_undo": 1})
    assert step(settings.to_json()) == settings
    with pytest.raises(TypeError, match="undone_with"):
        step(settings.to_json().replace('{"both_undo":1}', '["both_undo"]'))


def test_a_step_that_was_taken_back_is_done_again_and_taken_back_again_in_each_execution() -> None:
    saga = Saga()
    for number in range(12):
        paid = saga.pay(f"run-{number}")
        assert saga.standing == {paid}
        saga.undo(paid, f"run-{number}")
        assert not saga.standing
    assert len(set(saga.charged)) == len(saga.refunded) == 12


def test_what_stands_is_neither_done_nor_taken_back_again() -> None:
    saga = Saga()
    first = saga.pay("run-0")
    assert [saga.pay("run-0"), saga.pay("run-1")] == [first, first]
    saga.undo(first, "run-1")
    saga.undo(first, "run-1")
    again = saga.pay("run-2")
    assert [saga.pay("run-2"), saga.pay("run-3")] == [again, again]
    assert (saga.charged, saga.refunded) == ([first, again], [first])


def test_an_execution_that_undoes_what_another_has_undone_meanwhile_undoes_nothing() -> None:
    saga = Saga()
    paid = saga.pay("run-0")
    assert saga.pay("run-1") == paid
    saga.undo(paid, "run-0")
    saga.undo(paid, "run-1")
    assert saga.refunded == [paid]


def test_each_generation_is_an_entry_of_its_own_that_follows_the_undoing() -> None:
    saga = Saga()
    saga.undo(saga.pay("run-0"), "run-0")
    saga.pay("run-1")
    entries = saga.step.entries()
    undone = next(entry for entry in entries if entry.status is Status.UNDONE)
    done = [entry for entry in entries if entry.status is Status.SUCCEEDED]
    assert sorted(entry.status.value for entry in entries) == ["succeeded", "succeeded", "undone"]
    assert len({entry.run_token for entry in done}) == 2
    assert undone.hash in {entry.previous_hash for entry in done}
    assert {entry.step for entry in done} == {"pay"}


def test_a_good_step_and_a_good_undo_ask_nothing_more() -> None:
    saga = Saga()
    paid = saga.pay("run-0")
    assert saga.step.calls.names == ["BatchExecuteStatement"] * 3
    saga.undo(paid, "run-0")
    assert saga.step.calls.names == ["BatchExecuteStatement"] * 6


def test_items_and_visits_are_taken_back_on_their_own() -> None:
    saga = Saga()
    places: tuple[dict[str, Any], ...] = ({"items": (0,)}, {"items": (1,)}, {"visit": 1}, {"visit": 2}, {})
    paid = [saga.pay("run-0", **place) for place in places]
    for index in (1, 2):
        saga.undo(paid[index], "run-0", **places[index])
    again = [saga.pay("run-1", **place) for place in places]
    assert [one == two for one, two in zip(paid, again, strict=True)] == [True, False, False, True, True]
    assert len(saga.standing) == len(places)


@pytest.mark.parametrize("callback", ["", "token"])
def test_a_step_without_checkpoint_can_be_taken_back_in_each_execution(callback: str) -> None:
    saga = Saga(checkpoint=False)
    for number in range(3):
        saga.pay(f"run-{number}", callback=callback)
        (standing,) = saga.standing
        saga.undo(standing, f"run-{number}")
        assert not saga.standing


def test_what_a_service_has_done_is_taken_back_once_in_each_execution() -> None:
    saga = Saga(function=False)
    for number in range(3):
        for _ in range(2):
            saga.undo("sent", f"run-{number}")
    assert saga.refunded == ["sent"] * 3


AROUND: tuple[tuple[dict[str, Any], dict[str, Any]], ...] = (
    ({}, {}),
    ({"items": (4, 2)}, {"items": (4,)}),
    ({"visit": 3}, {"visit": 3}),
    ({"visit": 2 * FURTHER + 1}, {"visit": 2}),
)


@pytest.mark.parametrize(("inner", "outer"), AROUND)
def test_a_step_is_done_again_when_the_one_around_it_was_taken_back(inner: Any, outer: Any) -> None:
    saga = Saga(around={"both_undo": len(outer.get("items", ()))})
    first = saga.pay("run-0", **inner)
    saga.undo_around("run-0", **outer)
    again = saga.pay("run-1", **inner)
    assert again != first
    saga.undo(again, "run-1", **inner)
    assert again in saga.refunded
    assert saga.pay("run-2", **inner) not in (first, again)


def test_a_step_stands_when_another_item_was_taken_back_as_a_whole() -> None:
    saga = Saga(around={"both_undo": 1})
    paid = [saga.pay("run-0", items=(number, 0)) for number in range(2)]
    saga.undo_around("run-0", items=(1,))
    again = [saga.pay("run-1", items=(number, 0)) for number in range(2)]
    assert [one == two for one, two in zip(paid, again, strict=True)] == [True, False]


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("index", range(24))
def test_a_fault_at_any_call_leaves_no_run_with_an_effect_that_it_has_not(fault: Fault, index: int) -> None:
    saga = Saga()
    saga.step.calls.plan = at(index, fault)
    for number in range(3):
        paid = saga.pay(f"run-{number}")
        assert saga.standing == {paid}
        if number < 2:
            saga.undo(paid, f"run-{number}")
            assert not saga.standing
    assert saga.pay("run-2") in saga.standing
