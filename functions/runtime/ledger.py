"""The evidence ledger as the runtime writes it: insert only, so that IAM can forbid everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import text_hash
from functions.contract.ledger import LedgerEntry, Status, partition, sort, text_of
from functions.runtime.partiql import execute, insert, read_items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.runtime.partiql import Answer


RECENT = 1000
"""Completions that an environment remembers: about 2 MB."""


@dataclass(frozen=True)
class Completion:
    """The entry that completes a run token, and its hash as it stands in the ledger."""

    entry: LedgerEntry
    hash: str


class RecentCompletions:
    """What this environment itself has completed: a repeat that comes back here needs neither claim nor read.

    A completion is never undone, so the memory cannot be wrong; it is bounded in number, the oldest go first, and in
    time, so that a repeat after the idempotency key has expired is a new record here as everywhere.
    """

    def __init__(self, ttl_seconds: float, most: int = RECENT) -> None:
        """Remember ``most`` completions, each for ``ttl_seconds``."""
        self._ttl = ttl_seconds
        self._most = most
        self._entries: dict[str, tuple[float, LedgerEntry]] = {}

    def note(self, entry: LedgerEntry, now: float) -> None:
        """Remember an entry that stands in the ledger; ``now`` in seconds since 1970."""
        self._entries[entry.run_token] = (now + self._ttl, entry)
        if len(self._entries) > self._most:
            del self._entries[next(iter(self._entries))]

    def find(self, run_token: str, now: float) -> Completion | None:
        """Return the completion of a run token that this environment has made, or None."""
        until, entry = self._entries.get(run_token, (0.0, None))
        return Completion(entry, entry.hash) if entry and now < until else None


class LedgerStore(Protocol):
    """Where entries are kept. Methods raise what AWS calls raise when it is unknown what was carried out."""

    def insert(self, entries: Sequence[LedgerEntry]) -> list[Answer]:
        """Insert entries; a conflict means that this outcome is recorded already."""

    def completions(self, pipeline: str, tokens: Iterable[str], status: Status | None = None) -> dict[str, Completion]:
        """Return the entries that complete run tokens, by token; raises ``LookupError`` when some were not read.

        ``status`` is what they say, where that is not what completes a record here.
        """


class PartiqlLedgerStore:
    """The ledger table."""

    def __init__(self, client: Callable[[], Any], table: str, completion: Status = Status.SUCCEEDED) -> None:
        """``client`` makes or returns the DynamoDB client; ``completion`` is what the ledger says of what is done."""
        self._client = client
        self._table = table
        self._completion = completion

    def insert(self, entries: Sequence[LedgerEntry]) -> list[Answer]:
        """Insert entries; a conflict means that this outcome is recorded already."""
        return execute(self._client(), [insert(self._table, entry.to_item()) for entry in entries])

    def completions(self, pipeline: str, tokens: Iterable[str], status: Status | None = None) -> dict[str, Completion]:
        """Return the entries that complete run tokens, by token."""
        return read_completions(self._client(), self._table, pipeline, tokens, status or self._completion)


def read_completions(
    client: Any, table: str, pipeline: str, tokens: Iterable[str], completion: Status = Status.SUCCEEDED
) -> dict[str, Completion]:
    """Return the entries that complete run tokens, by token; raises what ``read_items`` raises."""
    keys = ((partition(pipeline, token), sort(completion, "")) for token in tokens)
    texts = (text_of(item) for item in read_items(client, table, keys))
    found = (Completion(LedgerEntry.from_text(text), text_hash(text)) for text in texts)
    return {completion.entry.run_token: completion for completion in found}
