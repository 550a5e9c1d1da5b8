"""What a record of the ledger's stream tells."""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from functions.contract.archive import PIPELINE, UNREADABLE
from functions.contract.ledger import PARTITION_KEY, SORT_KEY, LedgerEntry, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

TIME_TO_LIVE = "dynamodb.amazonaws.com"
"""Who removes items by time to live (DynamoDB developer guide, "DynamoDB Streams and Time to Live")."""


class Kind(Enum):
    """What was done to the ledger."""

    ENTRY = auto()
    STRANGE = auto()
    """An item was inserted that is no entry."""
    EXPIRED = auto()
    TAMPERED = auto()


@dataclass(frozen=True)
class Told:
    """One record: where it stands in the stream, which item it is about, and what is archived of it, and where."""

    kind: Kind
    sequence: str
    operation: str
    pk: str
    sk: str
    pipeline: str = ""
    line: str = ""


def told_by(record: Mapping[str, Any]) -> Told:
    """Return what a record tells; whatever was inserted has a line, so that nothing stops the stream."""
    change, operation = record["dynamodb"], record["eventName"]
    sequence, keys = str(change["SequenceNumber"]), _plain(change["Keys"])
    pk, sk = str(keys.get(PARTITION_KEY)), str(keys.get(SORT_KEY))
    if operation != "INSERT":
        removed = operation == "REMOVE" and (record.get("userIdentity") or {}).get("principalId") == TIME_TO_LIVE
        return Told(Kind.EXPIRED if removed else Kind.TAMPERED, sequence, operation, pk, sk)
    image = change.get("NewImage", change["Keys"])
    try:
        return Told(Kind.ENTRY, sequence, operation, pk, sk, *_entry(_plain(image)))
    except (ValueError, RecursionError):
        return Told(Kind.STRANGE, sequence, operation, pk, sk, UNREADABLE, json.dumps(image, sort_keys=True))


def _entry(item: Mapping[str, Any]) -> tuple[str, str]:
    """Return pipeline and text; raises ``ValueError`` for what has no text, no place or no bytes."""
    text = text_of(item)
    entry = LedgerEntry.from_text(text)
    if not PIPELINE.fullmatch(entry.pipeline):
        raise ValueError("no name of a pipeline")
    if (entry.pk, entry.sk) != (item[PARTITION_KEY], item[SORT_KEY]):
        raise ValueError("the item's keys are not those of its entry")
    text.encode()
    return entry.pipeline, text


def _plain(image: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return an item without DynamoDB's types; numbers stay texts."""
    return {name: next(iter(typed.values())) for name, typed in image.items()}
