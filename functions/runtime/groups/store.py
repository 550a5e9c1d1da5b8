"""Groups and their parts in the state table: inserted once, and changed only from the state that was read."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.identity import canonical_json
from functions.contract.state import GROUP, PART_PREFIX, PARTITION_KEY, SORT_KEY, TTL_ATTRIBUTE
from functions.runtime.partiql import execute, from_attributes, insert, read_items, update

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from functions.runtime.groups.part import Expected
    from functions.runtime.partiql import Answer

ABOUT = "about"


class Phase(StrEnum):
    """Where a group stands."""

    NEW = "new"
    """No signal has been sent that brings it back at its timeout."""
    OPEN = "open"
    CLOSING = "closing"
    """No part that comes now is certain to be handed over; the list of those that are is not written yet."""
    FROZEN = "frozen"
    """The list of the parts that are handed over is written."""


@dataclass(frozen=True)
class Group:
    """What is known of one group; ``deadline`` and ``expires_at`` in seconds since 1970."""

    pk: str
    token: str
    key: tuple[Any, ...]
    tenant: str
    expected: Expected
    deadline: int
    expires_at: int
    phase: Phase = Phase.NEW
    frozen: tuple[str, ...] = ()
    """Sort keys of the parts that are handed over, once it is frozen."""


@dataclass(frozen=True)
class RegisteredPart:
    """One part of a group: what it is called, whose run it was and where it landed."""

    pk: str
    sk: str
    name: str
    run_token: str
    payload_hash: str
    location: str | None
    expires_at: int
    result: str | None = None
    """What a worker has returned for it, as its item has it; None where nobody joins results."""


class GroupStore(Protocol):
    """Where groups are kept. Methods raise what AWS calls raise when it is unknown what was carried out."""

    def register(self, groups: Sequence[Group], parts: Sequence[RegisteredPart]) -> list[Answer]:
        """Insert groups, then parts, each item once; a conflict means that it exists."""

    def read(
        self, groups: Iterable[str], parts: Iterable[tuple[str, str]] = ()
    ) -> tuple[dict[str, Group], dict[tuple[str, str], RegisteredPart]]:
        """Return groups by partition key and parts by key; raises ``LookupError`` when some could not be read."""

    def parts(self, group: str) -> list[RegisteredPart]:
        """Return all parts of a group, read consistently and sorted by key."""

    def change(self, pairs: Sequence[tuple[Group, Group]]) -> list[Answer]:
        """Set phase and list of each first group, as it was read, to those of the second; a conflict: it has moved."""


class PartiqlGroupStore:
    """Groups in the state table."""

    def __init__(self, client: Callable[[], Any], table: str) -> None:
        """``client`` makes or returns the DynamoDB client."""
        self._client = client
        self._table = table

    def register(self, groups: Sequence[Group], parts: Sequence[RegisteredPart]) -> list[Answer]:
        """Insert groups, then parts."""
        items = [*map(_group_item, groups), *map(_part_item, parts)]
        return execute(self._client(), [insert(self._table, item) for item in items])

    def read(
        self, groups: Iterable[str], parts: Iterable[tuple[str, str]] = ()
    ) -> tuple[dict[str, Group], dict[tuple[str, str], RegisteredPart]]:
        """Return groups by partition key and parts by key."""
        items = read_items(self._client(), self._table, [*((pk, GROUP) for pk in groups), *parts])
        found = [_group(item) for item in items if item[SORT_KEY] == GROUP]
        registered = [_part(item) for item in items if item[SORT_KEY] != GROUP]
        return {group.pk: group for group in found}, {(part.pk, part.sk): part for part in registered}

    def parts(self, group: str) -> list[RegisteredPart]:
        """Return all parts of a group."""
        request: dict[str, Any] = {
            "TableName": self._table,
            "ConsistentRead": True,
            "KeyConditionExpression": f"{PARTITION_KEY} = :pk AND begins_with({SORT_KEY}, :part)",
            "ExpressionAttributeValues": {":pk": {"S": group}, ":part": {"S": PART_PREFIX}},
        }
        found: list[RegisteredPart] = []
        while True:
            answer = self._client().query(**request)
            found += [_part(from_attributes(item)) for item in answer.get("Items", [])]
            if not answer.get("LastEvaluatedKey"):
                return found
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def change(self, pairs: Sequence[tuple[Group, Group]]) -> list[Answer]:
        """Set phase and list of each group, from those that were read."""
        return execute(self._client(), [update(self._table, _moving(new), _fence(old)) for old, new in pairs])


def moved(group: Group, phase: Phase, frozen: tuple[str, ...] = ()) -> Group:
    """Return the group in another phase."""
    return replace(group, phase=phase, frozen=frozen)


def _moving(group: Group) -> dict[str, Any]:
    return {"phase": group.phase.value, "frozen": canonical_json(list(group.frozen))}


def _fence(group: Group) -> dict[str, Any]:
    return {PARTITION_KEY: group.pk, SORT_KEY: GROUP, **_moving(group)}


def _group_item(group: Group) -> dict[str, Any]:
    expected = list(group.expected) if isinstance(group.expected, tuple) else group.expected
    about = {
        "token": group.token,
        "key": list(group.key),
        "tenant": group.tenant,
        "expected": expected,
        "deadline": group.deadline,
    }
    return {**_fence(group), TTL_ATTRIBUTE: group.expires_at, ABOUT: canonical_json(about)}


def _group(item: dict[str, Any]) -> Group:
    about = json.loads(item[ABOUT])
    expected = about.pop("expected")
    return Group(
        pk=item[PARTITION_KEY],
        expires_at=item[TTL_ATTRIBUTE],
        phase=Phase(item["phase"]),
        frozen=tuple(json.loads(item["frozen"])),
        expected=tuple(expected) if isinstance(expected, list) else expected,
        **{**about, "key": tuple(about["key"])},
    )


def _part_item(part: RegisteredPart) -> dict[str, Any]:
    about = {
        "name": part.name,
        "run_token": part.run_token,
        "payload_hash": part.payload_hash,
        "location": part.location,
        **({} if part.result is None else {"result": part.result}),
    }
    return {
        PARTITION_KEY: part.pk,
        SORT_KEY: part.sk,
        TTL_ATTRIBUTE: part.expires_at,
        ABOUT: canonical_json(about),
    }


def _part(item: dict[str, Any]) -> RegisteredPart:
    return RegisteredPart(
        pk=item[PARTITION_KEY], sk=item[SORT_KEY], expires_at=item[TTL_ATTRIBUTE], **json.loads(item[ABOUT])
    )
