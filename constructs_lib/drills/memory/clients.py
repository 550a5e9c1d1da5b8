"""The services that outputs reach, by the names of their clients."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from constructs_lib.drills.memory.executions import MemoryExecutions
from constructs_lib.drills.memory.http import MemoryHttp
from constructs_lib.drills.memory.items import MemoryItems
from constructs_lib.drills.memory.part_texts import essence, facts_of
from constructs_lib.drills.memory.sent import Sent
from constructs_lib.drills.memory.sns import MemorySns
from functions.contract.message import EVENT_ID
from functions.runtime.aws_clients import AWAITED_WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.events import MemoryEvents
    from constructs_lib.drills.memory.faults import Calls
    from constructs_lib.drills.memory.objects import MemoryS3
    from constructs_lib.drills.memory.sqs import MemorySqs, Message
    from functions.contract.environment import OutputSettings


class MemoryClients:
    """What the declared outputs of one pipeline send to."""

    def __init__(
        self,
        calls: Calls,
        now: Callable[[], float],
        outputs: tuple[OutputSettings, ...],
        shared: tuple[MemorySqs, MemoryEvents, MemoryS3],
    ) -> None:
        """``shared`` are the queues, the bus and the objects that the platform uses, too."""
        sqs, bus, s3 = shared
        self.sent = Sent()
        self.sns = MemorySns(calls, self.sent)
        self.items = MemoryItems(calls, {one.target: _key(one) for one in outputs if one.type == "dynamodb"})
        self.executions = MemoryExecutions(calls, self.sent)
        headers = frozenset(str(one.options["id_header"]) for one in outputs if one.type == "http")
        self.http = MemoryHttp(calls, self.sent, now, headers)
        self._services: dict[str, Any] = {
            "dynamodb": self.items,
            "events": bus,
            "s3": s3,
            "sns": self.sns,
            "sqs": sqs,
            "stepfunctions": self.executions,
            AWAITED_WORKFLOW: self.executions,
        }
        self._targets = frozenset(urlsplit(o.target).hostname or "" if o.type == "http" else o.target for o in outputs)
        self._urls = {one.target for one in outputs if one.type == "queue"}
        bus.watch = self._event
        s3.watch = lambda place, body: self.sent.note("objects", place, body.decode(errors="replace"))
        sqs.watchers.append(self._message)

    def client(self, service: str) -> Any:
        """Return the client of a service."""
        return self._services[service]

    def targets(self) -> frozenset[str]:
        """Return what the declared outputs reach, as calls name it."""
        return self._targets

    def arrived(self) -> int:
        """Return how many messages, events, requests and items have arrived."""
        return len(self.sent.arrivals) + sum(map(len, self.items.tables.values()))

    def _event(self, entry: dict[str, Any]) -> None:
        detail = json.loads(entry["Detail"])
        if (facts := facts_of(detail)) is not None:
            self.sent.note(entry["EventBusName"], f"{facts.token}#{facts.number}", essence(entry["Detail"]))
        if isinstance(detail.get("metadata"), dict) and "event_id" in detail["metadata"]:
            self.sent.note(
                "events", detail["metadata"]["event_id"], f"{entry['DetailType']} {json.dumps(detail['data'])}"
            )

    def _message(self, url: str, message: Message) -> None:
        if url in self._urls and EVENT_ID in message.attributes:
            self.sent.note(url, message.attributes[EVENT_ID]["StringValue"], message.body)


def _key(output: OutputSettings) -> tuple[str, ...]:
    return tuple(name for name, _ in output.options["key"])
