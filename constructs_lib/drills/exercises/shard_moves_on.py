"""A record that ends every worker holds up its shard only until it is given up, with its position; the others land."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Fault
from functions.contract.ledger import Status
from functions.contract.message import POSITION

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

ONLY_FOR = {"streams": "a queue holds nothing up"}


def run(scene: Scene) -> None:
    """Kill the worker whenever one record of a batch is in its handler."""
    samples = scene.records(2 * scene.batch)
    poisoned = scene.token(samples[1])
    begun: list[str] = []

    def around(handler: Handler, record: Any, run: Run) -> object:
        if run.token == poisoned:
            begun.append(run.token)
        return handler(record, run)

    def killed(_index: int, _name: str) -> Fault | None:
        if not begun:
            return None
        begun.clear()
        return Fault.KILLED_BEFORE

    world = scene.world(around)
    scene.inject(world, killed)
    scene.did(f"sent {len(samples)} records; one of them killed its worker every time")
    scene.send(world, samples)
    scene.settle(world, [sample for sample in samples if scene.token(sample) != poisoned])
    given_up = [entry for entry in world.entries(Status.DEAD_LETTERED) if entry.run_token == poisoned]
    letters = [letter for letter in world.dead_letters() if POSITION in letter.attributes]
    scene.expect(
        len(given_up) == 1 and len(letters) == 1,
        "the record is given up once, with its position",
        f"{len(given_up)} entries, {len(letters)} letters with a position",
    )
