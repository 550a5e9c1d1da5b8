"""What the service sends although nobody asked for it starts no run: it is skipped, and the ledger says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.simulation.evidence import Evidence
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

ONLY_FOR = {"filters": "its service leaves out itself what starts no run, or sends nothing else"}


def run(scene: Scene) -> None:
    """Send what starts no run between records, and reconcile all that was sent."""
    world = scene.world()
    samples = scene.records()
    unwanted = scene.subject.source.sample_unwanted()
    scene.did(f"sent {len(unwanted)} messages that start no run between {len(samples)} records")
    scene.send(world, samples[:1])
    sent = [world.put_text(message).id for message in unwanted]
    scene.send(world, samples[1:])
    scene.settle(world, samples)
    skipped = {entry.run_id.rpartition(".")[0]: entry.error_type for entry in world.entries(Status.SKIPPED)}
    scene.expect(
        all(skipped.get(id) for id in sent) and len(skipped) == len(sent),
        f"{len(sent)} entries `skipped`, each with its reason",
        f"{skipped}",
    )
    unexplained = Evidence(world).unexplained(world.sqs.taken[world.buffer])
    scene.expect(not unexplained, "everything that was sent is explained", f"{len(unexplained)} messages are not")
