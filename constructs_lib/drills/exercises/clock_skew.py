"""Workers whose clocks are an hour apart, ahead or behind, land each record once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

HOUR = 3600.0


def run(scene: Scene) -> None:
    """Deliver records a second time, by another clock, while the first worker is in the handler."""
    for skew, words in ((HOUR, "ahead"), (-HOUR, "behind")):
        _by_another_clock(scene, skew, words)


def _by_another_clock(scene: Scene, skew: float, words: str) -> None:
    runs: list[str] = []

    def around(handler: Handler, record: Any, run: Run) -> object:
        runs.append(run.run_id)
        if len(runs) == 1:
            world.clock.advance(skew)
            world.invoke(scene.again(world, messages))
            world.clock.advance(-skew)
        return handler(record, run)

    world = scene.world(around)
    samples = scene.records(3)
    scene.did(f"a second worker, an hour {words}, was given the records that the first was handling")
    messages = scene.send(world, samples)
    scene.settle(world, samples, may_give_up=scene.attempts < 2)
