"""A read that is not answered is asked again: it claims nothing, lands nothing, and each answer has its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.drills.memory.faults import Fault, at
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

ONLY_FOR = {"reads": "it has effects"}
RECORDS = 3
ANSWERED = (Status.SUCCEEDED, Status.REJECTED)


def run(scene: Scene) -> None:
    """Count the calls of some reads, and let each go wrong in each of four ways, each time in a new world."""
    calls = _asked(scene, None)
    for index in range(calls):
        for fault in Fault:
            scene.outcome.done.clear()
            scene.did(f"sent {RECORDS} requests; call {index + 1} of {calls} was {fault.value}")
            _asked(scene, (index, fault))


def _asked(scene: Scene, wrong: tuple[int, Fault] | None) -> int:
    """Ask in a new world until all is answered, judge what is left, and return the calls that it took."""
    world = scene.world()
    if wrong:
        scene.inject(world, at(*wrong))
    scene.send(world, scene.records(RECORDS))
    scene.quiet(world)
    kept = [*world.dynamodb.items(scene.settings.state_table), *world.s3.objects]
    scene.expect(not kept, "no claim and no object", f"{len(kept)} are left")
    answered = [entry for entry in world.entries() if entry.status in ANSWERED]
    scene.expect(
        len(answered) >= RECORDS,
        f"an entry for each of {RECORDS} answers",
        f"{len(answered)} entries: {world.statuses()}",
        "if the handler takes no such request, give some that it takes in samples/<pipeline>.json",
    )
    scene.expect(
        len({entry.run_token for entry in answered}) == len(answered), "a run of its own for each", "runs are shared"
    )
    return len(world.calls.names)
