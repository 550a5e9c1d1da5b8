"""Replaying archived events: those of a time go to one pipeline's rule again, and the operator into the ledger.

The entry is written before EventBridge is asked, so that no replay runs that nobody has answered for. An event keeps
its id, so what has landed before is recorded as a duplicate.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.errors import UserError
from constructs_lib.model.names import archive_arn, event_bus_arn, rule_arn
from constructs_lib.operations.operator_entry import operator_entry
from constructs_lib.operations.window import stamp
from functions.contract.ledger import Status

if TYPE_CHECKING:
    from datetime import datetime

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.window import Window
    from functions.contract.ledger import LedgerEntry

DONE = frozenset({"COMPLETED", "CANCELLED", "FAILED"})
BETWEEN_LOOKS = 5.0
"""Seconds between two looks at how far a replay is."""


class Entries(Protocol):
    """What a replay needs of the ledger."""

    def add(self, entry: LedgerEntry) -> None:
        """Insert an entry."""


@dataclass(frozen=True)
class Progress:
    """How far a replay is: EventBridge's state of it, and the time of the last event that it has sent."""

    state: str
    last: str
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class EventReplayer:
    """Replays events to the rule of ``plan`` on behalf of ``operator`` (the ARN of who is asking)."""

    plan: PipelinePlan
    events: Any
    """A client of EventBridge."""
    ledger: Entries
    operator: str
    resolve: Callable[[str], str]
    """Puts account and region into a text of the plan."""
    ledger_retention: int
    """Seconds."""
    sleep: Callable[[float], None] = time.sleep

    def replay(self, window: Window, now: datetime) -> Iterator[Progress]:
        """Start the replay of a time and yield how far it is, until it is done.

        Raises:
            UserError: ``events-not-archived`` where the pipeline keeps no events.
        """
        archive = next((one for one in self.plan.resources if one.type == "AWS::Events::Archive"), None)
        if archive is None:
            fix = "add archive: { retention: 30d } to the source; it keeps what comes from then on"
            found = f"{self.plan.pipeline} keeps no events"
            raise UserError.of("events-not-archived", "source.archive", found, "a source with an archive", fix)
        name = f"{self.plan.pipeline}-{now:%Y%m%dT%H%M%S}"
        self.ledger.add(self._entry(name, window, now))
        bus, rule = self.plan.resource("bus").name, self.plan.resource("rule").name
        self.events.start_replay(
            ReplayName=name,
            EventSourceArn=self.resolve(archive_arn(archive.name)),
            EventStartTime=window.since,
            EventEndTime=window.until,
            Destination={
                "Arn": self.resolve(event_bus_arn(bus)),
                "FilterArns": [self.resolve(rule_arn(bus, rule))],
            },
        )
        yield from self._progress(name)

    def _progress(self, name: str) -> Iterator[Progress]:
        while True:
            told = self.events.describe_replay(ReplayName=name)
            last = told.get("EventLastReplayedTime")
            progress = Progress(told["State"], stamp(last) if last else "", told.get("StateReason", ""))
            yield progress
            if progress.state in DONE:
                return
            self.sleep(BETWEEN_LOOKS)

    def _entry(self, name: str, window: Window, now: datetime) -> LedgerEntry:
        message = f"events from {stamp(window.since)} until {stamp(window.until)}"
        return operator_entry(
            self.plan,
            Status.EVENTS_REPLAYED,
            "event-replay",
            name,
            message,
            by=self.operator,
            now=now,
            retention=self.ledger_retention,
        )
