"""EventBridge in memory: what was put on a bus, in order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.limits import require
from functions.contract.event_bus import MAX_BYTES, MAX_EVENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls


class MemoryEvents:
    """The bus, as a client of EventBridge sees it."""

    def __init__(self, calls: Calls) -> None:
        """``calls`` counts every call and may let one fail."""
        self._calls = calls
        self.entries: list[dict[str, Any]] = []
        self.refuse: Callable[[dict[str, Any]], str | None] = lambda _entry: None
        """Names an error code for single entries of a good call."""
        self.watch: Callable[[dict[str, Any]], None] = lambda _entry: None
        """Called with every event that is taken."""

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        """Take events, as many and as large as one call may have."""
        with self._calls.call("PutEvents", Entries[0]["EventBusName"] if Entries else ""):
            require(0 < len(Entries) <= MAX_EVENTS, "1 to 10 events a call")
            require(sum(len(str(value).encode()) for e in Entries for value in e.values()) <= MAX_BYTES, "256 KiB")
            told = [self._take(entry) for entry in Entries]
            return {"FailedEntryCount": sum("ErrorCode" in answer for answer in told), "Entries": told}

    def _take(self, entry: dict[str, Any]) -> dict[str, str]:
        code = self.refuse(entry)
        if code is not None:
            return {"ErrorCode": code}
        self.entries.append(entry)
        self.watch(entry)
        return {"EventId": str(len(self.entries))}

    def details(self, detail_type: str) -> list[dict[str, Any]]:
        """Return the details of one type."""
        return [json.loads(entry["Detail"]) for entry in self.entries if entry["DetailType"] == detail_type]
