"""A dependency that is down delays records; one that stays down gives them up whole, or lets them wait at a breaker."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

LOOKS = 20
"""Deliveries after which a breaker that lets records wait has doubled its interval to the longest, 15 minutes."""


def run(scene: Scene) -> None:
    """Refuse connections for all attempts but the last; then let no output take anything, until all is given up."""
    _for_a_while(scene)
    pressure = scene.settings.back_pressure
    if pressure and pressure.counts == "landing":
        _left_alone(scene)
    else:
        _for_good(scene)


def _for_a_while(scene: Scene) -> None:
    tried: Counter[str] = Counter()

    def around(handler: Handler, record: Any, run: Run) -> object:
        tried[run.token] += 1
        if tried[run.token] < scene.attempts:
            raise ConnectionError("drill: connection refused")
        return handler(record, run)

    world = scene.world(around)
    samples = scene.records()
    scene.did(f"refused connections for {scene.attempts - 1} of {scene.attempts} attempts")
    scene.send(world, samples)
    scene.settle(world, samples)


def _for_good(scene: Scene) -> None:
    world = scene.world()
    samples = scene.records()
    scene.did("let no output take anything until all records were given up, then replayed them")
    scene.take_out(world)
    scene.send(world, samples)
    scene.quiet(world)
    landed = [entry for entry in world.completed() if entry.location]
    scene.expect(not landed, "nothing is told as landed", f"{len(landed)} entries name objects that do not exist")
    arrived = world.clients.arrived()
    scene.expect(not arrived, "nothing arrives where outputs send to", f"{arrived} did")
    scene.take_out(world, lambda: False)
    scene.replay_letters(world)
    scene.settle(world, samples)


def _left_alone(scene: Scene) -> None:
    world = scene.world()
    samples = scene.records()
    scene.did(f"let no output take anything for {LOOKS} deliveries, then all of it")
    scene.take_out(world)
    scene.send(world, samples)
    with suppress(AssertionError):
        world.until_quiet(scene.batch, LOOKS)
    waiting = len(world.sqs.queue(world.buffer))
    scene.expect(waiting == len(samples), f"all {len(samples)} records wait for the dependency", f"{waiting} do")
    scene.take_out(world, lambda: False)
    scene.settle(world, samples)
