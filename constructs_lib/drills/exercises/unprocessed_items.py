"""Keys that DynamoDB leaves unread are no sign that a record is new: it is looked at again, and lands once."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene


def run(scene: Scene) -> None:
    """Send records again while DynamoDB reads nothing, and read again from the second delivery on."""
    world = scene.world()
    samples = scene.records()
    scene.send(world, samples)
    scene.settle(world, samples)
    scene.did("sent every record again while DynamoDB left all keys unread")
    scene.send(world, samples)
    world.dynamodb.unprocessed = True
    world.deliver(scene.batch)
    world.dynamodb.unprocessed = False
    scene.settle(world, samples)
    landed = len(world.s3.objects)
    scene.expect(landed <= len(samples), "no object for a record that landed before", f"{landed} objects")
