"""Records of one lane land in the order in which they came, whatever fails in between, and other lanes go on."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.simulation.order import Order
from functions.runtime import Recoverable

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

ONLY_FOR = {"ordered": "its source keeps no order"}
BATCHES = 3


def run(scene: Scene) -> None:
    """Let every fourth record fail for all attempts but the last, and look in which order the ledger has them."""
    samples = scene.records(BATCHES * scene.batch)
    failing = {scene.token(sample) for sample in samples[::4]}
    tried: Counter[str] = Counter()

    def around(handler: Handler, record: Any, run: Run) -> object:
        tried[run.token] += 1
        if run.token in failing and tried[run.token] < scene.attempts:
            raise Recoverable("drill: not yet")
        return handler(record, run)

    world = scene.world(around)
    scene.did(f"sent {len(samples)} records of three lanes; every fourth failed for all attempts but the last")
    lanes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for sample, message in zip(samples, scene.send(world, samples), strict=True):
        lanes[sample.sent().group].append((message.id, scene.token(sample)))
    scene.settle(world, samples)
    found = list(Order(lanes, world.sqs.moved).overtaking(world.entries()))
    scene.expect(not found, "no record lands before an earlier one of its lane", "; ".join(found)[:400])
