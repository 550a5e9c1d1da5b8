"""Statements that DynamoDB throttles inside a good answer fail their own records alone, and those land later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene


def run(scene: Scene) -> None:
    """Throttle a third of the statements of the first deliveries."""
    world = scene.world()
    samples = scene.records(2 * scene.batch)

    def refuse(_table: str, _item: Any) -> str | None:
        early = world.invocations <= 2
        return "ThrottlingError" if early and scene.random.random() < 1 / 3 else None

    world.dynamodb.refuse = refuse
    scene.did("throttled a third of the statements of two deliveries, inside good answers")
    scene.send(world, samples)
    scene.settle(world, samples, may_give_up=scene.attempts < 4)
