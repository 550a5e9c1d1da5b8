"""A dependency that is down delays records; one that stays down gives them up whole, or lets them wait at a breaker."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import always
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

LOOKS = 20
"""Deliveries after which a breaker that lets records wait has doubled its interval to the longest, 15 minutes."""


def run(scene: Scene) -> None:
    """Refuse connections for all attempts but the last; then refuse every object, until all is given up or waits."""
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
    scene.did("refused every object until all records were given up, then replayed them")
    scene.inject(world, always("PutObject"))
    scene.send(world, samples)
    scene.quiet(world)
    landed = [entry for entry in world.entries(Status.SUCCEEDED) if entry.location]
    scene.expect(not landed, "nothing is told as landed", f"{len(landed)} entries name objects that do not exist")
    scene.inject(world, lambda _index, _name: None)
    scene.replay_letters(world)
    scene.settle(world, samples)


def _left_alone(scene: Scene) -> None:
    world = scene.world()
    samples = scene.records()
    scene.did(f"refused every object for {LOOKS} deliveries, then took them again")
    scene.inject(world, always("PutObject"))
    scene.send(world, samples)
    with suppress(AssertionError):
        world.until_quiet(scene.batch, LOOKS)
    waiting = len(world.sqs.queue(world.buffer))
    scene.expect(waiting == len(samples), f"all {len(samples)} records wait for the dependency", f"{waiting} do")
    scene.inject(world, lambda _index, _name: None)
    scene.settle(world, samples)
