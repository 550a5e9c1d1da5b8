"""What is compared of an entry, whether it came from the table or from the archive."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json, text_hash
from functions.contract.ledger import (
    ENTRY_ATTRIBUTE,
    IN_KEYS,
    PARENT_ATTRIBUTE,
    PARTITION_KEY,
    SORT_KEY,
    TTL_ATTRIBUTE,
    LedgerEntry,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_BESIDE = (*IN_KEYS, TTL_ATTRIBUTE, PARENT_ATTRIBUTE)
"""Fields that an item holds outside its text."""
_ATTRIBUTES = {PARTITION_KEY, SORT_KEY, ENTRY_ATTRIBUTE, TTL_ATTRIBUTE, PARENT_ATTRIBUTE}
_END_OF_TIME = 2**53
"""Seconds since 1970 beyond which no number is a time."""


@dataclass(frozen=True)
class Fact:
    """An entry by its keys and hash, and what ties it to others."""

    pk: str
    sk: str
    hash: str
    run_id: str
    status: str
    previous_hash: str | None
    parent_run_id: str | None
    recorded_at: str
    expires_at: int | None

    @property
    def run_token(self) -> str:
        """The run token in the partition key."""
        return self.pk.partition("#")[2]

    @classmethod
    def of_text(cls, text: str) -> Fact:
        """Return the fact that a text tells; raises ``ValueError`` when it is no entry."""
        entry = LedgerEntry.from_text(text)
        _check_types(entry)
        return cls(
            pk=entry.pk,
            sk=entry.sk,
            hash=text_hash(text),
            run_id=entry.run_id,
            status=entry.status.value,
            previous_hash=entry.previous_hash,
            parent_run_id=entry.parent_run_id,
            recorded_at=entry.recorded_at,
            expires_at=entry.expires_at,
        )

    @classmethod
    def of_item(cls, item: Mapping[str, Any]) -> Fact:
        """Return the fact that an item of the table tells; raises ``ValueError`` when keys and text disagree."""
        fact = cls.of_text(text_of(item))
        if (fact.pk, fact.sk) != (item[PARTITION_KEY], item[SORT_KEY]):
            raise ValueError(f"its keys should be {fact.pk} and {fact.sk}")
        more = sorted(item.keys() - _ATTRIBUTES)
        if more:
            raise ValueError(f"it has attributes of no entry: {', '.join(more)}")
        told = json.loads(item[ENTRY_ATTRIBUTE])
        if canonical_json(told) != item[ENTRY_ATTRIBUTE] or any(name in told for name in _BESIDE):
            raise ValueError("its text is not as an entry is written")
        return fact


def _check_types(entry: LedgerEntry) -> None:
    """A text of JSON can hold anything anywhere; what is compared must be what it should be."""
    texts: tuple[object, ...] = (entry.pipeline, entry.run_token, entry.run_id, entry.recorded_at)
    optional = tuple(text for text in (entry.previous_hash, entry.parent_run_id) if text is not None)
    for text in (*texts, *optional):
        if not isinstance(text, str):
            raise ValueError("a name or link is not a text")
        text.encode()
    expires: object = entry.expires_at
    if expires is not None and not (type(expires) is int and 0 <= expires < _END_OF_TIME):
        raise ValueError("expires_at is no time")
