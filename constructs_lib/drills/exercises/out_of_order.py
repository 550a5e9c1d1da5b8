"""Records land once each in whatever order, and in whatever batches, the queue hands them over."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

NOT_FOR = {"synchronous": "every client waits for its own answer, so no request overtakes another"}


def run(scene: Scene) -> None:
    """Shuffle records and repeats, and deliver them in batches of 1 to 10, in a different order each time."""
    world = scene.world()
    samples = scene.records(3 * scene.batch)
    sent = [*samples, *scene.random.sample(samples, scene.batch)]
    scene.random.shuffle(sent)
    scene.did(f"sent {len(sent)} messages of {len(samples)} records, shuffled, in batches of 1 to {scene.batch}")
    scene.send(world, sent)
    while waiting := world.sqs.queue(world.buffer):
        scene.random.shuffle(waiting)
        size = scene.random.randint(1, scene.batch)
        world.clock.advance(max(0.0, world.sqs.soonest(world.buffer) - world.clock.now()) + 0.001)
        world.deliver(size)
        scene.expect(world.invocations < 500, "the buffer runs empty", f"{len(waiting)} messages after 500 deliveries")
    scene.settle(world, samples)
