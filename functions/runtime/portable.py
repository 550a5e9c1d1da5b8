"""Claims and ledger for stores that speak DynamoDB without PartiQL: one conditional write per item, several at a time.

It keeps the promises of the PartiQL stores at ten times their calls. Its role needs ``dynamodb:PutItem``, which could
also overwrite: that the ledger is only added to then rests on the condition in this module, and no longer on IAM.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.contract.ledger import Status
from functions.contract.state import CLAIM, PARTITION_KEY, SORT_KEY
from functions.runtime.aws_failures import error_code
from functions.runtime.claims import RESULT, claim_item, fence, freed, held, read_claims
from functions.runtime.ledger import read_completions
from functions.runtime.partiql import CONFLICT, DONE, Answer, Outcome, read_items, to_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from functions.contract.ledger import LedgerEntry
    from functions.contract.state import Claim
    from functions.runtime.ledger import Completion

AT_ONCE = 10
"""Writes under way at the same time: botocore keeps ten connections to a host."""
CONDITION_FAILED = "ConditionalCheckFailedException"


class PortableClaimStore:
    """Claims by conditional puts and updates."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def claim(self, claims: Sequence[Claim]) -> list[Answer]:
        """Insert claims; a conflict means that the run token was claimed before."""
        return _together([partial(_insert, self._client(), self._table, claim_item(claim)) for claim in claims])

    def read(self, keys: Iterable[str]) -> dict[str, Claim]:
        """Return the claims that exist, by partition key."""
        return read_claims(self._client(), self._table, keys)

    def take_over(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """Replace each first claim, as it was read, by the second."""
        return _together([self._replace(old, held(new)) for old, new in pairs])

    def release(self, pairs: Sequence[tuple[Claim, Claim]]) -> list[Answer]:
        """End the lease of each first claim and leave what the second says of its run."""
        return _together([self._replace(old, freed(left)) for old, left in pairs])

    def keep(self, claim: Claim, result: str) -> Answer:
        """Keep what the handler answered with a claim that is still held."""
        return self._replace(claim, {RESULT: result})()

    def _replace(self, claim: Claim, changes: Mapping[str, Any]) -> Callable[[], Answer]:
        key = {PARTITION_KEY: claim.pk, SORT_KEY: CLAIM}
        return partial(_update, self._client(), self._table, key, changes, fence(claim))


class PortableLedgerStore:
    """The ledger by puts that never overwrite."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def insert(self, entries: Sequence[LedgerEntry]) -> list[Answer]:
        """Insert entries; a conflict means that this outcome is recorded already."""
        return _together([partial(_insert, self._client(), self._table, entry.to_item()) for entry in entries])

    def completions(self, pipeline: str, tokens: Iterable[str], status: Status | None = None) -> dict[str, Completion]:
        """Return the entries that complete run tokens, by token; ``succeeded`` ones unless others are asked for."""
        return read_completions(self._client(), self._table, pipeline, tokens, status or Status.SUCCEEDED)


class PortableStateItems:
    """Single items by conditional puts and updates."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def read(self, key: tuple[str, str]) -> dict[str, Any] | None:
        """Return the item, or None."""
        return next(iter(read_items(self._client(), self._table, [key])), None)

    def insert(self, key: tuple[str, str], values: Mapping[str, Any]) -> Answer:
        """Insert an item; a conflict means that it exists."""
        return _insert(self._client(), self._table, {PARTITION_KEY: key[0], SORT_KEY: key[1], **values})

    def update(self, key: tuple[str, str], values: Mapping[str, Any], wanted: Mapping[str, Any]) -> Answer:
        """Change an item in which ``wanted`` still stands."""
        return _update(self._client(), self._table, {PARTITION_KEY: key[0], SORT_KEY: key[1]}, values, wanted)


def _together(writes: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Make all writes, even when one of them ends in an unknown state; that is raised once the others are made."""
    if not writes:
        return []
    with ThreadPoolExecutor(min(AT_ONCE, len(writes))) as pool:
        made = [pool.submit(write) for write in writes]
    return [write.result() for write in made]


def _insert(client: Any, table: str, item: Mapping[str, Any]) -> Answer:
    new = f"attribute_not_exists({PARTITION_KEY})"
    return _answer(partial(client.put_item, TableName=table, Item=_attributes(item), ConditionExpression=new))


def _update(
    client: Any, table: str, key: Mapping[str, Any], changes: Mapping[str, Any], wanted: Mapping[str, Any]
) -> Answer:
    names = {f"#{name}": name for name in (*changes, *wanted)}
    new = {f":new_{name}": to_attribute(value) for name, value in changes.items()}
    old = {f":old_{name}": to_attribute(value) for name, value in wanted.items()}
    return _answer(
        partial(
            client.update_item,
            TableName=table,
            Key=_attributes(key),
            UpdateExpression="SET " + ", ".join(f"#{name} = :new_{name}" for name in changes),
            ConditionExpression=" AND ".join(f"#{name} = :old_{name}" for name in wanted),
            ExpressionAttributeNames=names,
            ExpressionAttributeValues={**new, **old},
        )
    )


def _answer(call: Callable[[], Any]) -> Answer:
    """What the service refuses was not carried out; anything else that is raised leaves that unknown."""
    try:
        call()
    except ClientError as error:
        code = error_code(error)
        return CONFLICT if code == CONDITION_FAILED else Answer(Outcome.FAILED, code)
    return DONE


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: to_attribute(value) for name, value in item.items()}
