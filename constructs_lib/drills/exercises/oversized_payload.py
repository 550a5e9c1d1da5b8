"""A record as large as the queue takes lands like any other, and is given up whole when it fails."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.message import MAX_BODY_BYTES
from functions.runtime import Permanent

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

NEEDS_BUFFER = "a stream holds what no message can; a letter of such a record says where it stands"


@dataclass(frozen=True)
class Large:
    """A record whose text is filled up with spaces."""

    text: str
    attributes: dict[str, dict[str, Any]]


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
        text = sample.text
        if sample in (large, failing):
            text += " " * (MAX_BODY_BYTES - len(text.encode()))
        world.sqs.put(world.buffer, text, sample.message_attributes())
    scene.settle(world, [sample for sample in samples if sample is not failing])
    if scene.synchronous:
        return
    whole = [letter for letter in world.dead_letters() if len(letter.body.encode()) == MAX_BODY_BYTES]
    scene.expect(len(whole) == 1, "the failed record stands whole in the dead-letter queue", f"{len(whole)} do")
