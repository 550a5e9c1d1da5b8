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


@dataclass(frozen=True)
class Completion:
    """The entry that completes a run token, and its hash as it stands in the ledger."""

    entry: LedgerEntry
    hash: str


class LedgerStore(Protocol):
    """Where entries are kept. Methods raise what AWS calls raise when it is unknown what was carried out."""

    def insert(self, entries: Sequence[LedgerEntry]) -> list[Answer]:
        """Insert entries; a conflict means that this outcome is recorded already."""

    def completions(self, pipeline: str, tokens: Iterable[str]) -> dict[str, Completion]:
        """Return the ``succeeded`` entries that exist, by run token; raises ``LookupError`` when some were not read."""


class PartiqlLedgerStore:
    """The ledger table."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def insert(self, entries: Sequence[LedgerEntry]) -> list[Answer]:
        """Insert entries; a conflict means that this outcome is recorded already."""
        return execute(self._client(), [insert(self._table, entry.to_item()) for entry in entries])

    def completions(self, pipeline: str, tokens: Iterable[str]) -> dict[str, Completion]:
        """Return the ``succeeded`` entries that exist, by run token."""
        return read_completions(self._client(), self._table, pipeline, tokens)


def read_completions(client: Any, table: str, pipeline: str, tokens: Iterable[str]) -> dict[str, Completion]:
    """Return the ``succeeded`` entries that exist, by run token; raises what ``read_items`` raises."""
    keys = ((partition(pipeline, token), sort(Status.SUCCEEDED, "")) for token in tokens)
    texts = (text_of(item) for item in read_items(client, table, keys))
    found = (Completion(LedgerEntry.from_text(text), text_hash(text)) for text in texts)
    return {completion.entry.run_token: completion for completion in found}
