"""Claims: a worker holds a run token under a lease before it does anything that others could see.

Every change but the first insert is fenced by the lease id, so a worker that comes late changes nothing of a newer one.
"""

from __future__ import annotations

import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import canonical_json
from functions.contract.state import CLAIM, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE, Claim, Tried
from functions.runtime.partiql import Statement, execute, insert, read_items, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.runtime.partiql import Answer

RELEASED = 0
"""``lease_until`` of a claim that was given back: any later worker may take it over."""
RESULT = "result"
ABOUT = "about"
"""What no condition asks for stands in one attribute: DynamoDB and the client pay for every attribute on its own."""
CLAIM_FIELDS = frozenset(field.name for field in fields(Claim))
"""What newer versions add is left out: a rollback must not stop at their claims."""


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

    def keep(self, claim: Claim, result: str) -> Answer:
        """Keep what the handler answered with a claim that is still held; a conflict means that another holds it."""


class PartiqlClaimStore:
    """Claims in the state table."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def claim(self, claims: Sequence[Claim]) -> list[Answer]:
        """Insert claims; a conflict means that the run token was claimed before."""
        return execute(self._client(), [insert(self._table, claim_item(claim)) for claim in claims])

    def read(self, keys: Iterable[str]) -> dict[str, Claim]:
        """Return the claims that exist, by partition key."""
        return read_claims(self._client(), self._table, keys)

    def take_over(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """Replace each first claim, as it was read, by the second."""
        return execute(self._client(), [self._replace(old, held(new)) for old, new in pairs])

    def release(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """End the lease of each first claim and leave what the second says of its run."""
        return execute(self._client(), [self._replace(old, freed(left)) for old, left in pairs])

    def keep(self, claim: Claim, result: str) -> Answer:
        """Keep what the handler answered with a claim that is still held."""
        return execute(self._client(), [self._replace(claim, {RESULT: result})])[0]

    def _replace(self, claim: Claim, changes: dict[str, Any]) -> Statement:
        return update(self._table, changes, {PARTITION_KEY: claim.pk, SORT_KEY: CLAIM, **fence(claim)})


def read_claims(client: Any, table: str, keys: Iterable[str]) -> dict[str, Claim]:
    """Return the claims that exist, by partition key; raises what ``read_items`` raises."""
    items = read_items(client, table, ((key, CLAIM) for key in keys))
    return {item[PARTITION_KEY]: _claim(item) for item in items}


def fence(claim: Claim) -> dict[str, Any]:
    """Return what must still stand in the item of a claim for its holder to change it."""
    return {"lease_id": claim.lease_id, "lease_until": claim.lease_until}


def freed(left: Claim) -> dict[str, Any]:
    """Return the attributes of a claim whose lease is over: what it leaves behind of its run."""
    return {"lease_until": RELEASED, ABOUT: _about(left)}


def held(claim: Claim) -> dict[str, Any]:
    """Return the attributes of a claim under its lease, without its keys."""
    return {
        "lease_id": claim.lease_id,
        "lease_until": claim.lease_until,
        TTL_ATTRIBUTE: claim.expires_at,
        ABOUT: _about(claim),
    }


def _about(claim: Claim) -> str:
    told = {"payload_hash": claim.payload_hash, "message_id": claim.message_id, "attempt": claim.attempt}
    seldom = {"head": claim.head, "given_up": claim.given_up, "untold": claim.untold, "others": claim.others}
    return canonical_json({**told, **{name: value for name, value in seldom.items() if value}})


def claim_item(claim: Claim) -> dict[str, Any]:
    """Return the item of a new claim."""
    return {PARTITION_KEY: claim.pk, SORT_KEY: CLAIM, **held(claim)}


def _claim(item: dict[str, Any]) -> Claim:
    about = json.loads(item[ABOUT])
    others = tuple(Tried(*other) for other in about.pop("others", ()))
    known = {name: value for name, value in about.items() if name in CLAIM_FIELDS}
    return Claim(
        pk=item[PARTITION_KEY],
        lease_id=item["lease_id"],
        lease_until=item["lease_until"],
        expires_at=item[TTL_ATTRIBUTE],
        **known,
        others=others,
        result=item.get(RESULT),
    )
