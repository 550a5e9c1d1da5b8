"""A record that is no record is kept with its error at once, and its neighbours land."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.ledger import Status

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Scene

NO_JSON = ("", "not json", '{"half": ', "\x00", '{"a": NaN}')
NO_RECORD = ("[]", "null", '"text"')
"""What may be one, where nothing says what a record is and the source itself names it."""

REFUSED = (Status.QUARANTINED, Status.DEAD_LETTERED, Status.REJECTED)
NOT_FOR = {"bodiless": "its requests have no body"}


def run(scene: Scene) -> None:
    """Send what cannot be read between records that can."""
    world = scene.world()
    samples = scene.records()
    broken = NO_JSON if scene.subject.samples.takes_anything else (*NO_JSON, *NO_RECORD)
    scene.did(f"sent {len(broken)} texts that are no record between {len(samples)} records")
    for text, sample in zip(broken, samples, strict=False):
        world.put_broken(samples[0].sent(text))
        scene.send(world, [sample])
    scene.send(world, samples[len(broken) :])
    scene.settle(world, samples, size=2 * scene.batch)
    kept = [entry for entry in world.entries() if entry.status in REFUSED]
    used = min(len(broken), len(samples))
    scene.expect(
        len(kept) == used and all(entry.error_type for entry in kept),
        f"{used} entries of refused records, each with its error",
        f"{len(kept)} entries: {sorted({str(entry.error_type) for entry in kept})}",
        "if the contract accepts them, say in it what a record is: type, required",
    )
    tried = [entry for entry in world.entries(Status.FAILED) if entry.run_token in {one.run_token for one in kept}]
    scene.expect(not tried, "no attempt is spent on a refused record", f"{len(tried)} failed attempts")
