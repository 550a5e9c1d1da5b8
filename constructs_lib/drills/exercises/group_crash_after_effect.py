"""A worker that dies after it has written a consolidation leaves nothing that differs from what counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.groups import OF_GROUPS, GroupScene
from constructs_lib.drills.memory.faults import Fault
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

ONLY_FOR = OF_GROUPS

WAY_OUT = "land only what follows from the parts: no clock, no uuid4, no random; parts are sorted by name in every try"


def run(scene: Scene) -> None:
    """Kill the worker after it has written the object of a consolidation, and compare all that was written for it."""
    groups = GroupScene(scene)
    groups.send_group()
    groups.take_parts()
    before = set(groups.runner.s3.objects)
    killed: list[str] = []

    def after_the_object(_index: int, name: str) -> Fault | None:
        if name != "PutObject" or killed:
            return None
        killed.append(name)
        return Fault.KILLED_AFTER

    scene.inject(groups.runner, after_the_object)
    scene.did("killed the worker after a consolidation was written and before the ledger")
    groups.settle()
    given_up = any(entry.status is Status.DEAD_LETTERED for entry in groups.outcomes())
    done = len(groups.consolidations())
    scene.expect(done == 1 or (given_up and scene.attempts < 2), "one consolidation", f"{done}")
    bodies = {body for place, body in groups.runner.s3.objects.items() if place not in before}
    scene.expect(len(bodies) <= 1, "every object of a consolidation holds the same lines", f"{len(bodies)}", WAY_OUT)
    scene.one_effect_each(groups.runner)
