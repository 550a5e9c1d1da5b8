"""One record of a batch that cannot be landed ends with its error in the dead-letter queue, and its neighbours land.

A handler that catches the error and returns has told that the record succeeded: that record is lost, and nobody knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.parts import shares
from constructs_lib.drills.scene import refusing_put, told
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from constructs_lib.drills.world import World
    from functions.runtime import Run

WAY_OUT = "let errors leave the handler: catch only what you can mend, and raise Permanent or Recoverable for the rest"


class PutRefused(RuntimeError):  # noqa: N818 - its name stands in the ledger
    """What the poisoned record's ``put`` raises."""


def run(scene: Scene) -> None:
    """Let every ``put`` of one record raise."""
    samples = scene.records()
    poisoned = scene.token(samples[len(samples) // 2])
    puts = _puts(scene)

    def around(handler: Handler, record: Any, run: Run) -> object:
        if run.token != poisoned:
            return handler(record, run)
        if not puts:
            raise PutRefused("drill: this record cannot be landed")
        return handler(record, refusing_put(run, PutRefused("drill: this record cannot be landed")))

    world = scene.world(around)
    scene.did(f"sent {len(samples)} records; every put of one of them raised")
    scene.send(world, samples)
    scene.settle(world, [sample for sample in samples if scene.token(sample) != poisoned])
    outcome = told(world, [poisoned])
    swallowed = [entry for entry in world.completed() if entry.run_token == poisoned]
    scene.expect(not swallowed, "the record ends failed, with its error", f"it is told as {outcome}", WAY_OUT)
    if scene.synchronous:
        _answered(scene, world, poisoned)
        return
    letters = [entry for entry in world.entries(Status.DEAD_LETTERED) if entry.run_token == poisoned]
    scene.expect(
        bool(letters) and all(entry.error_type for entry in letters) and bool(world.dead_letters()),
        "the record stands in the dead-letter queue, with its error",
        outcome,
        WAY_OUT,
    )


def _answered(scene: Scene, world: World, poisoned: str) -> None:
    """Who asked is told that it failed, and so is the ledger."""
    failed = [entry for entry in world.entries(Status.FAILED) if entry.run_token == poisoned]
    scene.expect(
        bool(failed) and all(entry.error_type for entry in failed),
        "the request has failed, with its error",
        told(world, [poisoned]),
        WAY_OUT,
    )


def _puts(scene: Scene) -> bool:
    """Return whether the handler lands anything for a record of its own accord."""
    world = scene.world()
    samples = scene.records(1)
    scene.send(world, samples)
    scene.settle(world, samples)
    return bool(world.landed()) or shares(world)
