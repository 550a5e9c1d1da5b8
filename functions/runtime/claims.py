"""Claims: a worker holds a run token under a lease before it does anything that others could see.

Every change but the first insert is fenced by the lease id, so a worker that comes late changes nothing of a newer one.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import canonical_json
from functions.contract.state import CLAIM, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE, Claim
from functions.runtime.partiql import Statement, execute, insert, read_items, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.runtime.partiql import Answer

RELEASED = 0
"""``lease_until`` of a claim that was given back: any later worker may take it over."""
ABOUT = "about"
"""What no condition asks for stands in one attribute: DynamoDB and the client pay for every attribute on its own."""


class ClaimStore(Protocol):
    """Where claims are kept. Methods raise what AWS calls raise when it is unknown what was carried out."""

    def claim(self, claims: Sequence[Claim]) -> list[Answer]:
        """Insert claims; a conflict means that the run token was claimed before."""

    def read(self, keys: Iterable[str]) -> dict[str, Claim]:
        """Return the claims that exist, by partition key; raises ``LookupError`` when some could not be read."""

    def take_over(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """Replace each first claim, as it was read, by the second; a conflict means that another was faster."""

    def release(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """End the lease of each first claim and leave what the second says of its run; a conflict: another holds it."""


class PartiqlClaimStore:
    """Claims in the state table."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def claim(self, claims: Sequence[Claim]) -> list[Answer]:
        """Insert claims; a conflict means that the run token was claimed before."""
        return execute(self._client(), [insert(self._table, _item(claim)) for claim in claims])

    def read(self, keys: Iterable[str]) -> dict[str, Claim]:
        """Return the claims that exist, by partition key."""
        items = read_items(self._client(), self._table, ((key, CLAIM) for key in keys))
        return {item[PARTITION_KEY]: _claim(item) for item in items}

    def take_over(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """Replace each first claim, as it was read, by the second."""
        return execute(self._client(), [self._replace(old, _held(new)) for old, new in pairs])

    def release(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """End the lease of each first claim and leave what the second says of its run."""
        freed = [(held, {"lease_until": RELEASED, ABOUT: _about(left)}) for held, left in pairs]
        return execute(self._client(), [self._replace(held, changes) for held, changes in freed])

    def _replace(self, claim: Claim, changes: dict[str, Any]) -> Statement:
        fence = {PARTITION_KEY: claim.pk, SORT_KEY: CLAIM, "lease_id": claim.lease_id, "lease_until": claim.lease_until}
        return update(self._table, changes, fence)


def _held(claim: Claim) -> dict[str, Any]:
    return {
        "lease_id": claim.lease_id,
        "lease_until": claim.lease_until,
        TTL_ATTRIBUTE: claim.expires_at,
        ABOUT: _about(claim),
    }


def _about(claim: Claim) -> str:
    told = {"payload_hash": claim.payload_hash, "message_id": claim.message_id, "attempt": claim.attempt}
    seldom = {"head": claim.head, "given_up": claim.given_up}
    return canonical_json({**told, **{name: value for name, value in seldom.items() if value}})


def _item(claim: Claim) -> dict[str, Any]:
    return {PARTITION_KEY: claim.pk, SORT_KEY: CLAIM, **_held(claim)}


def _claim(item: dict[str, Any]) -> Claim:
    return Claim(
        pk=item[PARTITION_KEY],
        lease_id=item["lease_id"],
        lease_until=item["lease_until"],
        expires_at=item[TTL_ATTRIBUTE],
        **json.loads(item[ABOUT]),
    )
