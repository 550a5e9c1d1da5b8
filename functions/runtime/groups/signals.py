"""Signals of a group to whoever consolidates it: one that comes back at the timeout, one when it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import canonical_json
from functions.contract.message import SIGNAL
from functions.runtime.batch_call import call_sqs, parts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.runtime.groups.store import Group

TIMEOUT = "timeout"
COMPLETE = "complete"
LONGEST_DELAY = 900
"""Seconds that SQS delays a message at most (Amazon SQS quotas); a signal that comes too early is hidden again."""


@dataclass(frozen=True)
class Signal:
    """One message; all signals of a group say the same, so that they are the same record."""

    group: Group
    kind: str
    delay: int = 0
    """Seconds."""

    @property
    def body(self) -> str:
        """The text of the message."""
        group = self.group
        told = {"group": group.token, "key": list(group.key), "tenant": group.tenant, "deadline": group.deadline}
        return canonical_json(told)


class Signals(Protocol):
    """The queue of groups. It does not raise: what was not sent is sent at the next attempt of the part."""

    def send(self, signals: Sequence[Signal]) -> list[str | None]:
        """Send signals; returns an error code for each that was not sent, else None."""


class SqsSignals:
    """The queue in SQS."""

    def __init__(self, client: Callable[[], Any], queue_url: str) -> None:
        """``client`` makes or returns the SQS client."""
        self._client = client
        self._queue_url = queue_url

    def send(self, signals: Sequence[Signal]) -> list[str | None]:
        """Send signals, ten a call; one is at most a few kilobytes."""
        calls = parts([_entry(signal) for signal in signals])
        return [
            result for part in calls for result in call_sqs(self._client, "send_message_batch", self._queue_url, part)
        ]


def _entry(signal: Signal) -> dict[str, Any]:
    kind = {"DataType": "String", "StringValue": signal.kind}
    return {
        "MessageBody": signal.body,
        "DelaySeconds": min(signal.delay, LONGEST_DELAY),
        "MessageAttributes": {SIGNAL: kind},
    }
