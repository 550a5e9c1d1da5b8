"""SNS in memory: what was published, and what batch calls refuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.limits import require
from constructs_lib.drills.memory.part_texts import essence
from functions.contract.message import EVENT_ID

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls
    from constructs_lib.drills.memory.sent import Sent

MAX_ENTRIES = 10
MAX_BYTES = 262_144


@dataclass
class MemorySns:
    """Topics by ARN."""

    calls: Calls
    sent: Sent
    published: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refuse: Callable[[dict[str, Any]], str | None] = lambda _entry: None
    """Names an error code for single entries of a good call."""

    def publish_batch(self, *, TopicArn: str, PublishBatchRequestEntries: list[dict[str, Any]]) -> dict[str, Any]:
        """Take each message."""
        entries = PublishBatchRequestEntries
        with self.calls.call("PublishBatch", TopicArn):
            require(0 < len(entries) <= MAX_ENTRIES, f"a call takes 1 to {MAX_ENTRIES} entries")
            require(sum(len(entry["Message"].encode()) for entry in entries) <= MAX_BYTES, "256 KiB a call")
            codes = [self.refuse(entry) for entry in entries]
            for entry, code in zip(entries, codes, strict=True):
                if code is None:
                    self.published.setdefault(TopicArn, []).append(entry)
                    told = entry["MessageAttributes"][EVENT_ID]["StringValue"], essence(entry["Message"])
                    self.sent.note(TopicArn, *told)
            answered = list(zip(entries, codes, strict=True))
            return {
                "Successful": [{"Id": entry["Id"]} for entry, code in answered if code is None],
                "Failed": [{"Id": entry["Id"], "Code": code, "SenderFault": False} for entry, code in answered if code],
            }
