"""Control of intake: slow or paused while a dependency is left alone, and always restored, whatever dies."""

from __future__ import annotations

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from constructs_lib.drills.memory.faults import Crash, Fault
from functions.control_intake.handler import RENEW
from functions.control_intake.intake import Intake, Plan, step
from functions.runtime.back_pressure.breaker import Breaker, Phase
from tests.runtime.controlled import (
    CAP,
    LIMITS,
    NOW,
    OPENED_FOR,
    PAUSED,
    SLOWED,
    WHOLE,
    Controlled,
)


@pytest.mark.parametrize(("action", "expected"), [("slow", SLOWED), ("pause", PAUSED)])
def test_intake_is_lowered_until_the_probe_and_restored_in_steps(action: str, expected: Intake) -> None:
    control = Controlled(action)
    control.fail()
    assert control.look()
    assert (control.intake, control.queue.hidden) == (expected, 30)
    control.clock.advance(30)
    assert control.look()
    assert (control.intake, control.queue.hidden) == (SLOWED, 10)
    control.recover()
    seen = []
    while control.look():
        seen.append((control.intake.concurrency, control.queue.hidden))
        control.clock.advance(control.queue.hidden)
    assert seen == [(2, 30), (4, 30), (8, 30), (16, 30)]
    assert control.intake == WHOLE


def test_the_interval_is_in_the_ledger_with_its_reason_and_its_length() -> None:
    control = Controlled()
    control.fail()
    control.look()
    control.clock.advance(30)
    control.recover()
    while control.look():
        control.clock.advance(control.queue.hidden)
    slowed, resumed = control.entries()
    assert (slowed.status.value, resumed.status.value) == ("slowed", "resumed")
    assert (slowed.run_token, slowed.run_id) == (resumed.run_token, resumed.run_id)
    assert resumed.previous_hash == slowed.hash
    assert (slowed.error_type, slowed.function, resumed.duration_ms) == ("Recoverable", "control", 150_000)
    assert slowed.error_message is not None
    assert "crm is left alone" in slowed.error_message
    (told,) = control.bus.details("IntakeSlowed")
    assert (told["dependency"], told["run_token"], told["duration_ms"]) == ("crm", slowed.run_token, 0)
    assert [event["duration_ms"] for event in control.bus.details("IntakeResumed")] == [150_000]


def test_two_looks_at_one_interval_leave_one_entry() -> None:
    control = Controlled()
    control.fail()
    control.look()
    control.look()
    assert [entry.status.value for entry in control.entries()] == ["slowed"]


def test_a_breaker_that_opens_again_while_intake_recovers_lowers_it_again() -> None:
    control = Controlled()
    control.fail()
    control.look()
    control.clock.advance(30)
    control.recover()
    control.clock.advance(60)
    control.look()
    assert control.intake.concurrency == 8
    control.fail()
    assert control.look()
    assert control.intake == SLOWED
    assert [entry.status.value for entry in control.entries()] == ["slowed"]


def test_a_mapping_that_is_still_changing_is_set_again_soon() -> None:
    control = Controlled()
    control.fail()
    control.functions.busy = 1
    assert control.look()
    assert (control.intake, control.queue.hidden) == (WHOLE, 5)
    assert control.look()
    assert control.intake == SLOWED


def test_a_mapping_in_the_middle_of_a_change_is_not_taken_for_paused() -> None:
    control = Controlled("pause")
    control.fail()
    control.functions.state = {"State": "Updating", "ScalingConfig": {"MaximumConcurrency": PAUSED.concurrency}}
    control.functions.busy = 1
    assert control.look()
    assert (control.queue.hidden, control.entries()) == (5, [])
    assert control.look()
    assert control.functions.state["State"] == "Disabled"


def test_a_table_that_refuses_is_not_asked_again_and_again() -> None:
    control = Controlled()
    control.fail()
    refusals = iter(["ThrottlingError"] * 50)
    control.dynamodb.refuse = lambda table, item: next(refusals, None)
    with pytest.raises(LookupError, match="ThrottlingError"):
        control.look()
    assert len(list(refusals)) == 49


def test_without_trouble_the_message_leaves_and_nothing_is_recorded() -> None:
    control = Controlled()
    assert not control.look()
    assert control.intake == WHOLE
    assert "UpdateEventSourceMapping" not in control.calls.names
    assert control.entries() == []


def test_an_intake_that_was_left_paused_is_restored_even_when_the_breaker_has_vanished() -> None:
    control = Controlled("pause")
    control.functions.state = {"State": "Disabled", "ScalingConfig": {"MaximumConcurrency": 2}}
    assert not control.look()
    assert control.intake == WHOLE


def test_a_refused_call_is_raised_so_that_it_is_alarmed_and_the_message_comes_back() -> None:
    control = Controlled()
    control.fail()
    control.calls.plan = lambda index, name: Fault.REFUSED if name == "UpdateEventSourceMapping" else None
    with pytest.raises(ClientError):
        control.look()


def test_a_message_that_grows_old_is_replaced() -> None:
    control = Controlled()
    control.fail()
    control.received = RENEW - 1
    assert not control.look()
    assert (control.queue.copies, control.queue.hidden) == (1, 30)


def test_nobody_polls_often_for_a_probe_that_no_record_makes() -> None:
    opened = Breaker().failed(NOW, "worker", "Recoverable", 0, LIMITS)
    plan = Plan(CAP, pauses=True, recovery=30_000)
    waits = [step(opened, NOW + OPENED_FOR + late, plan).again for late in (0, 60_000, 10**9)]
    assert waits == [10_000, 60_000, 900_000]
    probing = opened.claimed(NOW + OPENED_FOR, "prober", NOW + 90_000)
    assert (probing.phase, step(probing, NOW + OPENED_FOR, plan).intake) == (Phase.HALF_OPEN, SLOWED)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    action=st.sampled_from(["slow", "pause"]),
    faults=st.dictionaries(st.integers(0, 60), st.sampled_from(list(Fault)), max_size=12),
    events=st.lists(st.sampled_from(["fail", "recover", "wait"]), max_size=8),
)
def test_intake_is_never_left_low_whatever_dies(action: str, faults: dict[int, Fault], events: list[str]) -> None:
    control = Controlled(action)
    control.fail()
    control.calls.plan = lambda index, name: faults.get(index)
    waiting = list(events)
    for _ in range(200):
        if waiting:
            _happens(control, waiting.pop(0))
        elif not control.is_closed():
            _happens(control, "recover")
        try:
            stays = control.look()
        except (Crash, ClientError, BotoCoreError):
            control.clock.advance(120)
            continue
        if not stays and not waiting and not control.queue.copies:
            break
        control.clock.advance(control.queue.hidden)
    assert control.intake == WHOLE
    told = [entry.status.value for entry in control.entries()]
    assert told.count("slowed") == told.count("resumed") >= 1


def _happens(control: Controlled, event: str) -> None:
    """What other workers do, without the faults that hit the controlling function."""
    plan, control.calls.plan = control.calls.plan, lambda index, name: None
    breaker = control.breakers.read("crm")
    if event == "fail" and breaker.closed:
        control.fail()
    elif event == "recover" and not breaker.closed:
        control.clock.advance(max(0, breaker.retry_at - control.now) / 1000 + 1)
        control.recover()
    control.calls.plan = plan
