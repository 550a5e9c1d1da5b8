"""A worker that dies after it has written and before the ledger knows leaves nothing that differs from what counts.

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


def run(scene: Scene) -> None:
    """Kill the worker after each write of an object, one record at a time, and compare all objects of the record."""
    for sample in scene.records(RECORDS):
        world = scene.world()
        killed: list[str] = []

        def after_the_object(_index: int, name: str, killed: list[str] = killed) -> Fault | None:
            if name != "PutObject" or killed:
                return None
            killed.append(name)
            return Fault.KILLED_AFTER

        scene.inject(world, after_the_object)
        scene.did("killed the worker after the object was written and before the ledger")
        scene.send(world, [sample])
        scene.settle(world, [sample], may_give_up=scene.attempts < 2)
        bodies = [body.decode(errors="replace") for body in world.s3.objects.values()]
        scene.expect(
            len(set(bodies)) <= 1,
            "every object of a run token holds the same lines",
            f"{len(bodies)} objects that differ: {' and '.join(bodies)}"[:500].replace("\n", " "),
            WAY_OUT,
        )
