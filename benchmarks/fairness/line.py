"""A queue of several tenants with one worker, on an AWS in memory whose clock counts what handling takes."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.composition import plan_pipeline
from constructs_lib.composition.tenants import PATIENCE
from constructs_lib.declaration.loader import load_pipeline
from constructs_lib.drills.planned import environment_of
from constructs_lib.drills.world import World
from functions.runtime import runner
from functions.runtime.settings import RunnerSettings

__all__ = ["BATCH", "HANDLING", "NOISY", "PATIENCE", "ROUND", "Line", "mixed"]

if TYPE_CHECKING:
    from collections.abc import Iterable

    from functions.runtime import Run

HANDLING = 0.1
"""Seconds that the handler takes for a record."""
ROUND = 0.02
"""Seconds that an invocation takes beside its records: receiving, claiming, writing, giving back."""
BATCH = 10
NOISY = "noisy"
DECLARATION = Path(__file__).with_name("fairness.yaml")


@cache
def declared() -> RunnerSettings:
    """Return what the runner of the declaration reads from its environment."""
    return RunnerSettings.from_environment(environment_of(plan_pipeline(load_pipeline(DECLARATION))))


class Line:
    """Tenants that stand in line before one worker, which stays as an environment of Lambda does."""

    def __init__(self, *, max_share: int = 25, max_receive_count: int = 100) -> None:
        """Hold tenants to ``max_share`` percent while others wait; 100 lets them stand in the order of arrival."""
        settings = replace(
            declared(),
            tenant=replace(declared().tenant, max_share=max_share),
            retry=replace(declared().retry, max_receive_count=max_receive_count),
        )

        def handle(record: dict[str, Any], run: Run) -> None:
            self.world.clock.advance(HANDLING)
            self.handled.append(run.tenant)
            self.waits.setdefault(run.tenant, []).append(self.world.clock.now() - self._sent[record["id"]])
            run.outputs.raw.put(record)

        self.world = World(handle, settings, timeout=60)
        self.handled: list[str] = []
        self.waits: dict[str, list[float]] = {}
        """Seconds from sending to the end of handling, by tenant."""
        self._sent: dict[str, float] = {}
        self._worker = runner(handle).with_(settings, self.world.services(), self.world.folder)

    def send(self, tenants: Iterable[str]) -> None:
        """Send one record of each tenant that is named, all at once."""
        for tenant in tenants:
            name = f"{tenant}-{len(self._sent)}"
            self._sent[name] = self.world.clock.now()
            self.world.send({"id": name, "tenant": tenant})

    def deliver(self) -> list[str]:
        """Let the worker take one batch and return whose records it handled."""
        before, buffer = len(self.handled), self.world.buffer
        messages = self.world.sqs.receive(buffer, BATCH)
        self.world.clock.advance(ROUND)
        answer = self._worker({"Records": [message.to_record() for message in messages]}, self.world.context())
        failed = {item["itemIdentifier"] for item in answer["batchItemFailures"]}
        for message in messages:
            if message.id not in failed:
                self.world.sqs.delete(buffer, message)
        return self.handled[before:]

    def drain(self) -> float:
        """Deliver until nothing is left and return the seconds that it took."""
        started = self.world.clock.now()
        while left := self.world.sqs.queue(self.world.buffer):
            soonest = min(message.visible_at for message in left)
            self.world.clock.advance(max(0.0, soonest - self.world.clock.now()))
            self.deliver()
        return self.world.clock.now() - started

    def quiet_waits(self) -> list[float]:
        """Return the waits of all tenants but the noisy one, shortest first."""
        return sorted(wait for tenant, waits in self.waits.items() if tenant != NOISY for wait in waits)


def mixed(noisy: int, quiet: int, each: int) -> list[str]:
    """Return tenants as they send at the same time: a noisy one spread evenly between the quiet ones."""
    own = [f"quiet-{number % quiet}" for number in range(quiet * each)]
    every = noisy // len(own)
    return [name for one in own for name in (*[NOISY] * every, one)]
