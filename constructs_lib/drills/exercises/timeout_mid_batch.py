"""Time that runs out in a batch costs its records no attempt: what was done is recorded, and the rest comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Fault

if TYPE_CHECKING:
    from constructs_lib.drills.scene import Handler, Scene
    from functions.runtime import Run

NOT_FOR = {"synchronous": "a request is no batch"}


def run(scene: Scene) -> None:
    """Let records take so long that three fit into an invocation; then let one outlast its invocation."""
    _slow(scene)
    _too_slow(scene)


def _slow(scene: Scene) -> None:
    def around(handler: Handler, record: Any, run: Run) -> object:
        world.clock.advance(world.timeout / 4)
        return handler(record, run)

    world = scene.world(around)
    samples = scene.records(2 * scene.batch)
    scene.did("each record took a quarter of the invocation's time")
    scene.send(world, samples)
    scene.settle(world, samples)
    letters = len(world.dead_letters())
    scene.expect(letters == 0, "no dead letters", f"{letters} records were given up for want of time")


def _too_slow(scene: Scene) -> None:
    slow: list[str] = []
    ends: list[float] = []

    def around(handler: Handler, record: Any, run: Run) -> object:
        if not slow:
            slow.append(run.token)
            ends.append(world.clock.now())
            world.clock.advance(2 * world.timeout)
        return handler(record, run)

    def killed_when_over(_index: int, _name: str) -> Fault | None:
        if not ends:
            return None
        ends.clear()
        return Fault.KILLED_BEFORE

    world = scene.world(around)
    samples = scene.records()
    scene.did("one record took twice the invocation's time, and the invocation was killed")
    scene.inject(world, killed_when_over)
    scene.send(world, samples)
    scene.settle(world, samples, may_give_up=scene.attempts < 2)
