"""A pipeline whose records are shared out to workers, on the AWS in memory."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.faults import Crash
from functions.contract.environment import FanInSettings, IdempotencySettings, OutputSettings
from functions.contract.ledger import Status
from functions.contract.share import OUTPUT, OUTPUT_TYPE, PART_SOURCE
from functions.share_out.handler import share_out
from tests.runtime.fakes import World, put

if TYPE_CHECKING:
    from collections.abc import Callable

    from functions.contract.ledger import LedgerEntry
    from functions.runtime import Run

TOPIC, BUS, GROUPS = "arn:aws:sns:eu-central-1:111122223333:parts", "parts-bus", "https://queue/groups"
FAN_IN = FanInSettings(
    group=("share.token",),
    part="share.part",
    expected="share.expected",
    timeout_seconds=3600,
    max_items=100,
    on_timeout="consolidate",
    queue_url=GROUPS,
    ttl_seconds=30 * 86_400,
)
PART_KEY = IdempotencySettings(key=("share.token", "share.worker", "share.number"), ttl_seconds=86_400)


class Shared:
    """The sharing function, one function for each worker and, with ``join``, the one that joins their results."""

    def __init__(
        self,
        workers: dict[str, Callable[[Any, Run], object]] | None = None,
        *,
        via: str = "topic",
        join: Callable[[Any, Run], object] | None = None,
        **items: Any,
    ) -> None:
        handlers = workers or {"captions": put, "thumbnails": put}
        target = TOPIC if via == "topic" else BUS
        output = OutputSettings(OUTPUT, OUTPUT_TYPE, target, {"via": via, **items})
        self.sharing = World(share_out.function, outputs=(output,), completion=Status.STARTED)
        raw = (OutputSettings("raw", "raw", self.sharing.settings.raw_bucket),)
        base = replace(
            self.sharing.settings,
            outputs=raw,
            completion=Status.SUCCEEDED,
            source=PART_SOURCE,
            idempotency=PART_KEY,
            fan_in=FAN_IN if join else None,
        )
        joined = {"joined": sorted(handlers)} if join else {}
        self.workers = {
            name: self.sharing.beside(
                handler,
                replace(
                    base,
                    queue_url=f"https://queue/{name}",
                    dlq_url=f"https://queue/{name}-dlq",
                    source_options={"worker": name, "via": via, "large_bodies": True, **joined},
                ),
            )
            for name, handler in handlers.items()
        }
        if join:
            key = IdempotencySettings(key=("body.group",), ttl_seconds=86_400)
            settings = replace(base, source="group", queue_url=GROUPS, idempotency=key, source_options={})
            self.joining = self.sharing.beside(join, settings)
        self.via = via
        self._handed = 0

    def send(self, *records: Any) -> None:
        """Have records sent and shared out."""
        self.sharing.send(*records)
        self.sharing.until_quiet()
        self.hand_over()

    def hand_over(self) -> None:
        """Do what the topic or the bus does: put what is new into the queue of every worker."""
        new = self.messages()[self._handed :]
        self._handed += len(new)
        for text, attributes in new:
            for world in self.workers.values():
                world.sqs.put(world.buffer, text, attributes, None)

    def messages(self) -> list[tuple[str, dict[str, Any]]]:
        """Return everything that was handed over, as it comes into a queue."""
        if self.via == "topic":
            return [(m["Message"], m["MessageAttributes"]) for m in self.sharing.clients.sns.published.get(TOPIC, [])]
        entries = [entry for entry in self.sharing.bus.entries if entry["EventBusName"] == BUS]
        return [(json.dumps({"id": "e", "detail": json.loads(entry["Detail"])}), {}) for entry in entries]

    def work(self, *names: str) -> None:
        """Let workers do what waits for them."""
        for name in names or self.workers:
            self.workers[name].until_quiet()

    def join(self) -> None:
        """Let the joining function do what waits for it, until it has nothing to do."""
        for _ in range(50):
            waiting = self.joining.sqs.queue(GROUPS)
            if not waiting:
                return
            soonest = min(message.visible_at for message in waiting)
            self.joining.clock.advance(max(0.0, soonest - self.joining.clock.now()) + 0.001)
            try:
                self.joining.deliver(1)
            except Crash:
                self.joining.clock.advance(1)

    def parts(self) -> list[LedgerEntry]:
        """Return the entries of workers."""
        return [entry for entry in self.sharing.entries() if entry.step]
