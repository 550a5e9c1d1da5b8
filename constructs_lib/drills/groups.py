"""A pipeline whose records are parts of groups: the function that takes them, and the one that consolidates."""

from __future__ import annotations

from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Crash
from constructs_lib.drills.samples.vary import found, path_of, replaced
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.samples.records import Sample
    from constructs_lib.drills.scene import Handler, Scene
    from functions.contract.ledger import LedgerEntry
    from functions.runtime import Run

OF_GROUPS = {"collects": "its records are not collected into groups"}
ROUNDS = 1000
"""Deliveries after which queues that are still not empty never will be."""


class GroupScene:
    """Both functions on one world; ``around`` is called in the consolidating handler's place and is given it."""

    def __init__(self, scene: Scene, around: Callable[[Handler, Any, Run], object] | None = None) -> None:
        """Begin with no part."""
        consolidating = scene.subject.planned.consolidating
        handler = consolidating.handler

        @wraps(handler)
        def wrapped(parts: Any, run: Run) -> object:
            return around(handler, parts, run) if around else handler(parts, run)

        self._scene = scene
        self._sent: list[Sample] = []
        self.runner = scene.world()
        self.consolidator = self.runner.beside(wrapped, consolidating.settings)

    def send_group(self) -> None:
        """Send all parts of one group that was never sent before."""
        (sample,) = self._scene.records(1)
        parts = parts_of(sample, self._scene)
        self._sent += parts
        self._scene.send(self.runner, parts)

    def take_parts(self) -> None:
        """Deliver all parts, and expect that they land: without them there is no group."""
        self._scene.settle(self.runner, self._sent)

    def signals(self) -> list[Message]:
        """Return the messages that tell of groups."""
        return self.consolidator.sqs.queue(self.consolidator.buffer)

    def settle(self) -> None:
        """Deliver to both functions, whichever message is visible first, until both queues are empty."""
        for _ in range(ROUNDS):
            worlds = (self.runner, self.consolidator)
            waiting = [
                (message.visible_at, number)
                for number, world in enumerate(worlds)
                for message in world.sqs.queue(world.buffer)
            ]
            if not waiting:
                return
            soonest, number = min(waiting)
            self.runner.clock.advance(max(0.0, soonest - self.runner.clock.now()) + 0.001)
            try:
                worlds[number].deliver(1 if number else self._scene.batch)
            except Crash:
                self.runner.clock.advance(1)
        self._scene.expect(False, "the queues run empty", f"{len(self.signals())} signals are left")

    def outcomes(self) -> list[LedgerEntry]:
        """Return the entries of consolidations: all whose run token no part has."""
        parts = {self._scene.token(part) for part in self._sent}
        return [entry for entry in self.runner.entries() if entry.run_token not in parts]

    def consolidations(self) -> list[LedgerEntry]:
        """Return the completions among them."""
        return [entry for entry in self.outcomes() if entry.status is Status.SUCCEEDED]


def parts_of(sample: Sample, scene: Scene) -> list[Sample]:
    """Return one record for each part that a sample's group expects; a lone one where the parts cannot be told."""
    fan_in = scene.settings.fan_in
    named, counted = (path_of(fan_in.part), path_of(fan_in.expected)) if fan_in else (None, None)
    if named is None or counted is None or named[0] != "body":
        return [sample]
    expected = found(getattr(sample, counted[0]), counted[1])
    names = expected if isinstance(expected, list) else _counted(found(sample.body, named[1]), int(expected or 1))
    return [replace(sample, body=replaced(sample.body, named[1], name)) for name in names]


def _counted(own: Any, count: int) -> list[Any]:
    """Return names for so many parts, of the kind that the sample has; a part alone keeps the sample's own."""
    if count == 1:
        return [own]
    return [own + number if isinstance(own, int) else f"part-{number}" for number in range(count)]
