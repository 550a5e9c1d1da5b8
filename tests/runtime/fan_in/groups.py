"""A pipeline whose records are regional reports, consolidated once a day, on the AWS in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Crash
from functions.contract.environment import FanInSettings, IdempotencySettings
from functions.contract.identity import group_run_token, run_token
from tests.runtime.fakes import World, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.ledger import LedgerEntry
    from functions.runtime import Run

GROUPS = "https://queue/groups"
HOUR = 3600
FAN_IN = FanInSettings(
    group=("body.day",),
    part="body.region",
    expected="body.regions",
    timeout_seconds=HOUR,
    max_items=20,
    on_timeout="consolidate",
    queue_url=GROUPS,
    ttl_seconds=30 * 86_400,
)
REGIONS = ["east", "north", "south", "west"]


def consolidate(parts: Any, run: Run) -> None:
    """Put the sum of a day, and what it was made of."""
    total = sum(record["sales"] for record in parts.records())
    names = [part.name for part in parts]
    run.outputs.raw.put({"day": parts.key[0], "total": total, "regions": names, "missing": list(parts.missing)})


class Groups:
    """The two functions of the pipeline."""

    def __init__(
        self,
        handler: Callable[[Any, Run], object] = put,
        consolidating: Callable[[Any, Run], object] = consolidate,
        **changes: Any,
    ) -> None:
        fan_in = replace(FAN_IN, **changes)
        identity = IdempotencySettings(key=("body.id",), ttl_seconds=86_400)
        self.runner = World(handler, source="queue", fan_in=fan_in, idempotency=identity)
        settings = replace(
            self.runner.settings,
            source="group",
            queue_url=GROUPS,
            idempotency=IdempotencySettings(key=("body.group",), ttl_seconds=86_400),
        )
        self.consolidator = self.runner.beside(consolidating, settings)
        self.days: set[str] = set()

    def send(self, *regions: str, day: str = "monday", sales: int = 10, **more: Any) -> None:
        self.days.add(day)
        self.runner.send(*(report(region, day, sales, **more) for region in regions))

    def collect(self) -> None:
        """Deliver everything that is visible now to the runner."""
        self.runner.until_quiet()

    def settle(self, rounds: int = 300) -> None:
        """Deliver to both functions, whichever message is visible first, until both queues are empty."""
        for _ in range(rounds):
            waiting = [
                (message.visible_at, world.buffer, world)
                for world in (self.runner, self.consolidator)
                for message in world.sqs.queue(world.buffer)
            ]
            if not waiting:
                return
            soonest, _, world = min(waiting, key=lambda one: one[:2])
            self.runner.clock.advance(max(0.0, soonest - self.runner.clock.now()) + 0.001)
            try:
                world.deliver(10 if world is self.runner else 1)
            except Crash:
                self.runner.clock.advance(1)
        raise AssertionError(f"still waiting: {self.runner.sqs.queues}")

    def entries(self, *, consolidations: bool) -> list[LedgerEntry]:
        """Return the entries of consolidations, or of parts."""
        tokens = {consolidation(day) for day in self.days}
        return [entry for entry in self.runner.entries() if (entry.run_token in tokens) is consolidations]

    def consolidated(self) -> list[dict[str, Any]]:
        """Return what consolidations have put that the ledger names."""
        done = [entry for entry in self.entries(consolidations=True) if entry.status.value == "succeeded"]
        return [json.loads(line) for entry in done for line in self.runner.lines(entry)]

    def reasons(self) -> list[str | None]:
        """Return what the entries of parts say beside their status, in the order in which they were written."""
        return [entry.error_type for entry in self.entries(consolidations=False)]


def consolidation(day: str) -> str:
    """Return the run token of a day's consolidation."""
    return group_run_token("shop-orders", (run_token("shop-orders", ("fan-in", "default", day)),))


def report(region: str, day: str = "monday", sales: int = 10, **more: Any) -> dict[str, Any]:
    return {"id": f"{day}-{region}", "day": day, "region": region, "sales": sales, "regions": REGIONS, **more}
