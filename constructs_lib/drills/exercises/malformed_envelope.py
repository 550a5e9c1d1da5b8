"""An envelope that its service would not send so is kept with its error, and no attempt is spent on it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.simulation.evidence import Evidence
from constructs_lib.model.samples import SampleMessage
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.drills.scene import Scene

ONLY_FOR = {"enveloped": "its records come without an envelope"}
FAULT = "envelope-malformed"


def run(scene: Scene) -> None:
    """Take every part out of an envelope, one at a time and two levels deep, and send what is left between records."""
    world = scene.world()
    samples = scene.records(len(SampleParts(scene).texts) + 1)
    texts = SampleParts(scene).texts
    scene.did(f"sent {len(texts)} envelopes without one of their parts, each after a record")
    for sample, text in zip(samples, texts, strict=False):
        scene.send(world, [sample])
        world.put_text(SampleMessage(text=text), sample.sent().group)
    scene.settle(world, samples[: len(texts)])
    kept = [entry for entry in world.entries(Status.QUARANTINED) if FAULT in (entry.error_type or "")]
    scene.expect(bool(kept), "what is no envelope is kept in quarantine", f"{world.statuses()}")
    tried = {entry.run_id for entry in world.entries(Status.FAILED)} & {entry.run_id for entry in kept}
    scene.expect(not tried, "no attempt is spent on it", f"{len(tried)} were tried")
    if not scene.subject.ticks:
        unexplained = Evidence(world).unexplained(world.sqs.taken[world.buffer])
        scene.expect(not unexplained, "everything that was sent is explained", f"{len(unexplained)} messages are not")


class SampleParts:
    """The envelope of one sample, and the texts of what is left without each of its parts."""

    def __init__(self, scene: Scene) -> None:
        """Take the first sample: a repeat of it has the same identity."""
        sample = scene.subject.samples.record(0)
        envelope = json.loads(scene.subject.source.sample_envelope(sample.sent()).text)
        whole = [] if scene.subject.streams else ["[]"]
        self.texts = [*whole, *(json.dumps(less) for less in _without_one(envelope))]


def _without_one(value: dict[str, Any], depth: int = 2) -> Iterator[dict[str, Any]]:
    for name, inner in value.items():
        rest = {other: kept for other, kept in value.items() if other != name}
        yield rest
        if depth > 1 and isinstance(inner, dict):
            yield from ({**rest, name: less} for less in _without_one(inner, depth - 1))
