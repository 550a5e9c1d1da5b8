"""While queue and outputs take only some of the calls, each record lands, or stands in the dead-letter queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.runtime import Permanent

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

OUTAGE = 6
"""Deliveries until all is well again."""


def run(scene: Scene) -> None:
    """Refuse half of what outputs and queue are asked for six deliveries; some records fail for good."""
    samples = scene.records(3 * scene.batch)
    failing = {scene.token(sample) for sample in samples[:: scene.batch]}

    def around(handler: Handler, record: Any, run: Run) -> object:
        if run.token in failing:
            raise Permanent("drill: never")
        return handler(record, run)

    world = scene.world(around)

    def out() -> bool:
        return world.invocations <= OUTAGE and scene.random.random() < 1 / 2

    def refuse(_entry: Any) -> str | None:
        return "InternalError" if out() else None

    world.sqs.refuse = refuse
    scene.take_out(world, out)
    scene.did(f"refused half of the calls of outputs and queue for {OUTAGE} deliveries; some records failed for good")
    scene.send(world, samples)
    good = [sample for sample in samples if scene.token(sample) not in failing]
    scene.settle(world, good, may_give_up=scene.attempts <= OUTAGE)
    if scene.synchronous:
        return
    gone = failing - world.given_up() - scene.skipped(world)
    scene.expect(not gone, "every record that failed for good is a dead letter", f"{len(gone)} are not")
