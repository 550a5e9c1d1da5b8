"""A fault at every AWS call of registering and consolidating: no part is lost or counted twice, no group done twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.ledger import Status
from functions.runtime import Recoverable, Run
from tests.runtime.fan_in.groups import GROUPS, HOUR, REGIONS, Groups, consolidate, report

if TYPE_CHECKING:
    from constructs_lib.drills.memory.sqs import Message


def complete() -> Groups:
    groups = Groups()
    groups.send(*REGIONS)
    return groups


def short() -> Groups:
    groups = Groups()
    groups.send("north", "west")
    return groups


def last_one() -> Groups:
    groups = Groups()
    groups.send(*REGIONS[:3])
    groups.collect()
    groups.send(REGIONS[3])
    groups.runner.calls.names.clear()
    return groups


def retried() -> Groups:
    def fail_once(parts: Any, run: Run) -> None:
        if run.attempt == 1:
            raise Recoverable("later")
        consolidate(parts, run)

    groups = Groups(consolidating=fail_once)
    groups.send(*REGIONS)
    return groups


FEWER_THAN_ATTEMPTS = 4
"""As many faults can hit the claims of one run and leave it an attempt; with one more it may be given up."""
SCENES: dict[str, Callable[[], Groups]] = {
    "complete": complete,
    "short": short,
    "last_one": last_one,
    "retried": retried,
}


def calls_of(scene: str) -> int:
    groups = SCENES[scene]()
    groups.settle()
    return len(groups.runner.calls.names)


CASES = [(scene, index) for scene in SCENES for index in range(calls_of(scene))]


def test_the_scenes_are_worth_it() -> None:
    assert {scene: calls_of(scene) >= 14 for scene in SCENES} == dict.fromkeys(SCENES, True)


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize(("scene", "index"), CASES)
def test_a_fault_at_any_call_costs_no_part_and_consolidates_once(scene: str, index: int, fault: Fault) -> None:
    groups = SCENES[scene]()
    groups.runner.calls.plan = at(index, fault)
    groups.settle()
    expected = ["north", "west"] if scene == "short" else REGIONS
    assert [one["regions"] for one in groups.consolidated()] == [expected]
    assert [one["total"] for one in groups.consolidated()] == [10 * len(expected)]
    assert groups.runner.dead_letters() == []
    tokens = [entry.run_token for entry in groups.runner.entries(Status.SUCCEEDED)]
    assert len(tokens) == len(set(tokens)) == len(expected) + 1


def test_a_complete_group_is_not_left_until_its_timeout_by_a_crash_after_the_last_registration() -> None:
    for index in range(2, 7):
        groups = last_one()
        started = groups.runner.clock.now()
        groups.runner.calls.plan = at(index, Fault.KILLED_AFTER)
        with pytest.raises(Crash):
            groups.runner.deliver()
        while not groups.consolidated():
            groups.runner.clock.advance(60)
            groups.runner.deliver()
            groups.consolidator.deliver(1)
        assert groups.runner.clock.now() - started < HOUR / 2


def test_two_workers_that_finish_a_group_at_once_consolidate_it_once() -> None:
    """Both register before either looks whether the group is complete, and both send the signal."""
    groups = Groups()
    groups.send(*REGIONS[:2])
    groups.collect()
    groups.send(*REGIONS[2:])
    first, second = groups.runner.sqs.receive(groups.runner.buffer, 2)
    interrupted = False

    def other_worker(_index: int, name: str) -> Fault | None:
        nonlocal interrupted
        if name == "Query" and not interrupted:
            interrupted = True
            groups.runner.invoke([second.to_record()])
        return None

    groups.runner.calls.plan = other_worker
    groups.runner.invoke([first.to_record()])
    kinds = [message.attributes["group_signal"]["StringValue"] for message in groups.runner.sqs.queue(GROUPS)]
    assert kinds.count("complete") == 2
    for message in (first, second):
        groups.runner.sqs.delete(groups.runner.buffer, message)
    groups.settle()
    assert [one["regions"] for one in groups.consolidated()] == [REGIONS]
    assert len(groups.entries(consolidations=True)) == 1


def test_a_part_that_registers_while_the_group_is_closed_is_in_the_list_or_late() -> None:
    """The part's worker runs at each call of the consolidation in turn."""
    for moment in range(3, 12):
        groups = Groups()
        groups.send("north", "west")
        groups.collect()
        groups.runner.clock.advance(HOUR)
        groups.send("east")
        (message,) = groups.runner.sqs.receive(groups.runner.buffer, 1)
        groups.runner.calls.names.clear()
        groups.runner.calls.plan = _run_at(moment, groups, message)
        groups.consolidator.deliver(1)
        groups.runner.calls.plan = lambda _index, _name: None
        groups.settle()
        (done,) = groups.consolidated()
        assert ("east" in done["regions"]) is ("part-late" not in groups.reasons())


def _run_at(moment: int, groups: Groups, message: Message) -> Callable[[int, str], Fault | None]:
    """Return a plan without a fault: the runner gets a message when the call of this index begins."""
    ran: list[int] = []

    def plan(index: int, _name: str) -> Fault | None:
        if index >= moment and not ran:
            ran.append(index)
            groups.runner.invoke([message.to_record()])
        return None

    return plan


@settings(max_examples=60, deadline=None)
@given(
    order=st.permutations(REGIONS * 2),
    pauses=st.lists(st.integers(0, HOUR), min_size=8, max_size=8),
    faults=st.dictionaries(st.integers(0, 120), st.sampled_from(list(Fault)), max_size=FEWER_THAN_ATTEMPTS),
    batch=st.integers(1, 10),
)
def test_whatever_order_pauses_and_crashes_every_part_is_handed_over_once_or_late(
    order: list[str], pauses: list[int], faults: dict[int, Fault], batch: int
) -> None:
    groups = Groups()
    groups.runner.calls.plan = lambda index, _name: faults.get(index)
    for region, pause in zip(order, pauses, strict=True):
        groups.send(region)
        for world, size in ((groups.runner, batch), (groups.consolidator, 1)):
            try:
                world.deliver(size)
            except Crash:
                groups.runner.clock.advance(1)
        groups.runner.clock.advance(pause)
    groups.settle()
    (done,) = groups.consolidated()
    landed = [entry for entry in groups.entries(consolidations=False) if entry.status is Status.SUCCEEDED]
    late = {report(region)["region"] for region in REGIONS} - set(done["regions"])
    assert sorted(done["regions"]) == done["regions"]
    assert len(set(done["regions"])) == len(done["regions"])
    assert len(landed) == len(REGIONS)
    assert len([entry for entry in landed if entry.error_type == "part-late"]) == len(late)
    assert sorted(done["missing"]) == sorted(late)
    assert done["total"] == 10 * len(done["regions"])
