"""A worker that dies after an effect and before the ledger knows of it leaves nothing that differs from what counts.

Its object stays, and no entry names it. Whoever reads the bucket instead of the ledger sees it, and it must not say
anything else than the object that counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.memory.faults import Fault

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

WAY_OUT = (
    "land only what follows from the record: no clock, no uuid4, no random; what is made elsewhere goes under run.token"
)
RECORDS = 3
EFFECTS = frozenset(
    {"PutObject", "PutEvents", "PublishBatch", "SendMessageBatch", "BatchWriteItem", "PutItem", "HttpRequest"}
)
"""Calls by which outputs write and send."""


def run(scene: Scene) -> None:
    """Kill the worker after a record's first effect, one record at a time, and compare all that the record has left."""
    for sample in scene.records(RECORDS):
        world = scene.world()
        killed: list[str] = []

        def after_the_effect(_index: int, name: str, killed: list[str] = killed) -> Fault | None:
            if name not in EFFECTS or killed:
                return None
            killed.append(name)
            return Fault.KILLED_AFTER

        scene.inject(world, after_the_effect)
        scene.did("killed the worker after its first effect and before the ledger")
        scene.send(world, [sample])
        scene.settle(world, [sample], may_give_up=scene.attempts < 2)
        bodies = [body.decode(errors="replace") for body in world.s3.objects.values()]
        scene.expect(
            len(set(bodies)) <= 1,
            "every object of a run token holds the same lines",
            f"{len(bodies)} objects that differ: {' and '.join(bodies)}"[:500].replace("\n", " "),
            WAY_OUT,
        )
        differing = world.clients.sent.differing()
        scene.expect(
            not differing, "what is sent again under an id is the same", f"{len(differing)} ids with several", WAY_OUT
        )
