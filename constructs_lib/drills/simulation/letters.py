"""Who put which message into the dead-letter queue, and whether the next worker could know of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from functions.contract.message import FAILURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.drills.memory.sqs import Message
    from constructs_lib.drills.simulation.baton import Task


@dataclass
class Letters:
    """Every letter of a seed by the message that was given up; ``most`` is how often a message is received at most.

    The last delivery gives up what it cannot handle, because SQS would move it without a word: it asks nobody. Else a
    worker notes with the claim that the letter stands there. Only one that is disturbed after it has sent the letter
    may leave the next worker without that note, and so make it send another.
    """

    dlq: str
    most: int
    sent: list[tuple[str, Task | None]] = field(default_factory=list)

    def watch(self, url: str, message: Message, sender: Task | None) -> None:
        """Keep a message that a queue was sent, if it is a letter."""
        failure = message.attributes.get(FAILURE)
        if url == self.dlq and failure:
            message_id, _, receives = json.loads(failure["StringValue"])["run_id"].rpartition(".")
            if not receives.isdecimal() or int(receives) < self.most:
                self.sent.append((message_id, sender))

    def disturbed(self, task: Task | None) -> None:
        """Something went wrong for a worker: what it has sent so far, it may not have noted."""
        self.sent = [(message, None if sender is task else sender) for message, sender in self.sent]

    def repeated(self) -> Iterator[str]:
        """Yield messages that were given up again although an earlier letter was noted."""
        noted: set[str] = set()
        told: set[str] = set()
        for message, sender in self.sent:
            if message in noted and message not in told:
                told.add(message)
                yield message
            if sender is not None:
                noted.add(message)
