"""Signals of a group to whoever consolidates it: one that comes back at the timeout, one when it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import canonical_json
from functions.contract.message import SIGNAL
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.queues import MAX_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from functions.runtime.fan_in.store import Group

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
        results: list[str | None] = []
        for start in range(0, len(signals), MAX_ENTRIES):
            results += self._send(signals[start : start + MAX_ENTRIES])
        return results

    def _send(self, part: Sequence[Signal]) -> list[str | None]:
        entries = [_entry(index, signal) for index, signal in enumerate(part)]
        try:
            answer = self._client().send_message_batch(QueueUrl=self._queue_url, Entries=entries)
        except AWS_FAILURES as error:
            return [error_code(error)] * len(part)
        done = {item["Id"] for item in answer.get("Successful", [])}
        failed = {item["Id"]: str(item.get("Code", "NoAnswer")) for item in answer.get("Failed", [])}
        ids = [str(entry["Id"]) for entry in entries]
        return [None if one in done else failed.get(one, "NoAnswer") for one in ids]


def _entry(index: int, signal: Signal) -> dict[str, Any]:
    kind = {"DataType": "String", "StringValue": signal.kind}
    return {
        "Id": str(index),
        "MessageBody": signal.body,
        "DelaySeconds": min(signal.delay, LONGEST_DELAY),
        "MessageAttributes": {SIGNAL: kind},
    }
