"""A record as large as the queue takes lands like any other, and is given up whole when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from functions.contract.message import MAX_BODY_BYTES
from functions.runtime import Permanent

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

NOT_FOR = {
    "streams": "a stream holds what no message can; a letter of such a record says where it stands",
    "bodiless": "its requests have no body",
    "ticks": "Scheduler sends what is declared, which is small",
}


def run(scene: Scene) -> None:
    """Fill two records with spaces up to the limit; one of them fails for good."""
    samples = scene.records(4)
    large, failing = samples[1], samples[2]

    def around(handler: Handler, record: Any, run: Run) -> object:
        if run.token == scene.token(failing):
            raise Permanent("drill: never")
        return handler(record, run)

    world = scene.world(around)
    scene.did(f"two of four records had {MAX_BODY_BYTES} bytes, and one of these failed for good")
    for sample in samples:
        message = world.put(sample.sent())
        if sample in (large, failing):
            message.body += " " * (MAX_BODY_BYTES - len(message.body.encode()))
    scene.settle(world, [sample for sample in samples if sample is not failing])
    if scene.synchronous:
        return
    whole = [letter for letter in world.dead_letters() if len(letter.body.encode()) == MAX_BODY_BYTES]
    scene.expect(len(whole) == 1, "the failed record stands whole in the dead-letter queue", f"{len(whole)} do")
