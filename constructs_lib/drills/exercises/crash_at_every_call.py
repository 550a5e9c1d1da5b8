"""A call that is refused, or not answered, or the last one of its worker, loses no record and repeats no effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.memory.faults import Fault, at

if TYPE_CHECKING:
    from constructs_lib.drills.samples.records import Sample
    from constructs_lib.drills.scene import Scene
    from constructs_lib.drills.world import World


def run(scene: Scene) -> None:
    """Count the calls of a batch, and let each go wrong in each of four ways, each time in a new world."""
    world = scene.world()
    samples = scene.records()
    _send(scene, world, samples)
    scene.settle(world, samples, size=scene.batch + 2)
    calls = len(world.calls.names)
    for index in range(calls):
        for fault in Fault:
            scene.outcome.done.clear()
            scene.did(f"sent records, a repeat and a broken text; call {index + 1} of {calls} was {fault.value}")
            world, samples = scene.world(), scene.records()
            scene.inject(world, at(index, fault))
            _send(scene, world, samples)
            scene.settle(world, samples, size=scene.batch + 2, may_give_up=scene.attempts < 2)


def _send(scene: Scene, world: World, samples: list[Sample]) -> None:
    """Send a batch that takes every way there is: records, one of them twice, and one that cannot be read."""
    scene.send(world, [*samples, samples[0]])
    world.put_broken(samples[0].sent("not json"))
