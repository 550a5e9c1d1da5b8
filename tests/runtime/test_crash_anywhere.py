"""A fault at every AWS call of a batch: after redelivery every record has one effect, and none is lost."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest

from constructs_lib.drills.memory.faults import Crash, Fault, at
from functions.contract.ledger import Status
from functions.runtime import Permanent, Recoverable, Run
from tests.runtime.fakes import BUFFER, World, put

FAULTS = list(Fault)
MORE_CALLS_THAN_ANY_BATCH = 40


def handle(order: dict[str, Any], run: Run) -> None:
    """Fail as the order says: never, always, or at the first attempt."""
    if order.get("fails") == "always":
        raise Permanent("never")
    if order.get("fails") == "first" and run.attempt == 1:
        raise Recoverable("later")
    put(order, run)


def happy() -> World:
    world = World(handle)
    world.send(*({"order_id": f"o-{number}"} for number in range(10)))
    return world


def mixed() -> World:
    """A batch with every outcome: landed, landed before, twice the same, invalid, failing once, failing for good."""
    world = World(handle)
    world.send({"order_id": "before"})
    world.deliver()
    world.send(
        {"order_id": "o-1"},
        {"order_id": "before"},
        {"order_id": "twice"},
        {"order_id": "twice"},
        {"no": "id"},
        "not json",
        {"order_id": "o-2", "fails": "first"},
        {"order_id": "o-3", "fails": "always"},
        {"order_id": "o-4"},
    )
    world.calls.names.clear()
    return world


def left_behind() -> World:
    """A batch whose run tokens were claimed by a worker that died: all are taken over."""
    world = World(handle)
    world.send(*({"order_id": f"o-{number}"} for number in range(4)))
    world.calls.plan = at(1, Fault.KILLED_BEFORE)
    with pytest.raises(Crash):
        world.deliver()
    world.clock.advance(world.sqs.visibility_timeout)
    world.calls.names.clear()
    return world


def large() -> World:
    world = World(handle)
    world.send(*({"order_id": f"o-{number}", "fails": "first" if number == 30 else ""} for number in range(60)))
    return world


SCENES = {"happy": happy, "mixed": mixed, "left_behind": left_behind, "large": large}


def calls_of(scene: str) -> int:
    world = SCENES[scene]()
    world.calls.plan = lambda index, name: None
    world.deliver(100)
    return len(world.calls.names)


CASES = [(scene, index) for scene in SCENES for index in range(calls_of(scene))]


def test_the_scenes_are_worth_it() -> None:
    assert calls_of("happy") == 3
    assert calls_of("mixed") > 8
    assert calls_of("left_behind") == 7
    assert calls_of("large") > 9


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(("scene", "index"), CASES)
def test_a_fault_at_any_call_costs_no_record_and_repeats_no_effect(scene: str, index: int, fault: Fault) -> None:
    world = SCENES[scene]()
    sent = [message.body for message in world.sqs.queue(BUFFER)]
    world.calls.plan = at(index, fault)
    world.until_quiet(100)
    assert_one_effect_each(world)
    assert_nothing_lost(world, sent)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_at_every_seventh_call_on_average_costs_no_record_either(fault: Fault, seed: int) -> None:
    world = mixed()
    sent = [message.body for message in world.sqs.queue(BUFFER)]
    chance = random.Random(seed)
    world.calls.plan = lambda index, name: fault if chance.random() < 1 / 7 else None
    world.until_quiet(4)
    assert_one_effect_each(world)
    assert_nothing_lost(world, sent)


def assert_one_effect_each(world: World) -> None:
    effects = Counter(entry.run_token for entry in world.entries(Status.SUCCEEDED))
    assert set(effects.values()) == {1}
    landed = Counter(json.loads(line)["order_id"] for line in world.landed())
    assert set(landed.values()) == {1}
    assert "o-3" not in landed or not any("always" in line for line in world.landed())


def assert_nothing_lost(world: World, sent: list[str]) -> None:
    landed = {json.loads(line)["order_id"] for line in world.landed()}
    kept = {json.loads(line)["record"] for entry in world.entries(Status.QUARANTINED) for line in world.lines(entry)}
    given_up = {message.body for message in world.dead_letters()}
    for body in sent:
        if body in kept or body in given_up:
            continue
        assert json.loads(body)["order_id"] in landed
