"""Signatures that were accepted: each is good for one message, for as long as it could be sent again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.state import NONCE, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE, nonce_key

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Nonce:
    """One accepted signature: what it was for, which request brought it, and until when it is remembered."""

    signature_id: str
    target: str
    request_id: str
    expires_at: int


class Nonces(Protocol):
    """Where accepted signatures are kept. Methods raise what AWS calls raise."""

    def find(self, signature_id: str) -> Nonce | None:
        """Return the accepted signature, or None when it was never accepted."""

    def keep(self, nonce: Nonce) -> None:
        """Remember an accepted signature."""


class DynamoNonces:
    """Accepted signatures in the state table."""

    def __init__(self, client: Callable[[], Any], table: str, pipeline: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table
        self._pipeline = pipeline

    def find(self, signature_id: str) -> Nonce | None:
        """Return the accepted signature, read consistently."""
        answer = self._client().get_item(TableName=self._table, Key=self._key(signature_id), ConsistentRead=True)
        item = answer.get("Item")
        if not item:
            return None
        return Nonce(signature_id, item["target"]["S"], item["request_id"]["S"], int(item[TTL_ATTRIBUTE]["N"]))

    def keep(self, nonce: Nonce) -> None:
        """Remember an accepted signature until its TTL."""
        item = {
            **self._key(nonce.signature_id),
            "target": {"S": nonce.target},
            "request_id": {"S": nonce.request_id},
            TTL_ATTRIBUTE: {"N": str(nonce.expires_at)},
        }
        self._client().put_item(TableName=self._table, Item=item)

    def _key(self, signature_id: str) -> dict[str, Any]:
        return {PARTITION_KEY: {"S": nonce_key(self._pipeline, signature_id)}, SORT_KEY: {"S": NONCE}}
