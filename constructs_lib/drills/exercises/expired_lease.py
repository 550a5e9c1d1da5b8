"""A worker that outlives its lease changes nothing once another has taken its record over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run


def run(scene: Scene) -> None:
    """Let a second worker take a record over while the first is in the handler; then both go on."""
    runs: list[str] = []

    def around(handler: Handler, record: Any, run: Run) -> object:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(world.timeout + 3)
            world.invoke(scene.again(world, messages))
        return handler(record, run)

    world = scene.world(around)
    samples = scene.records(3)
    scene.did("a second worker took three records over while the first was still in the handler")
    messages = scene.send(world, samples)
    scene.settle(world, samples, may_give_up=scene.attempts < 2)
