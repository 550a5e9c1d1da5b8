"""Batches of PartiQL statements: up to 25 a call, each with a condition and an answer of its own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

MAX_STATEMENTS = 25
"""Statements that one BatchExecuteStatement takes (DynamoDB API reference)."""
MAX_KEYS = 100
"""Keys that one BatchGetItem takes (DynamoDB API reference)."""
CONFLICTS = frozenset({"DuplicateItem", "ConditionalCheckFailed"})


class Outcome(StrEnum):
    """What one statement did."""

    DONE = "done"
    CONFLICT = "conflict"
    """Its condition did not hold: the item exists already, or belongs to another."""
    FAILED = "failed"
    """It was not carried out: throttled, refused, or not answered within a call that succeeded."""


@dataclass(frozen=True)
class Answer:
    """The outcome of one statement, with DynamoDB's error code when it failed."""

    outcome: Outcome
    code: str = ""

    @property
    def done(self) -> bool:
        """Whether the statement was carried out."""
        return self.outcome is Outcome.DONE

    @property
    def conflict(self) -> bool:
        """Whether the statement's condition did not hold."""
        return self.outcome is Outcome.CONFLICT


DONE = Answer(Outcome.DONE)
CONFLICT = Answer(Outcome.CONFLICT)


@dataclass(frozen=True)
class Statement:
    """One statement with the values of its question marks."""

    text: str
    parameters: tuple[Any, ...]


def insert(table: str, item: Mapping[str, Any]) -> Statement:
    """Return an insert; DynamoDB refuses it with ``DuplicateItem`` when the key exists."""
    return Statement(_insert_text(table, tuple(item)), tuple(item.values()))


@lru_cache(maxsize=64)
def _insert_text(table: str, names: tuple[str, ...]) -> str:
    """Return the text of an insert; the items of a batch differ in their values alone."""
    values = ", ".join(f"'{name}': ?" for name in names)
    return f'INSERT INTO "{table}" VALUE {{{values}}}'


def update(table: str, changes: Mapping[str, Any], condition: Mapping[str, Any]) -> Statement:
    """Return an update of one item, whose key and condition are equalities."""
    sets = " ".join(f"SET {name} = ?" for name in changes)
    where = " AND ".join(f"{name} = ?" for name in condition)
    return Statement(f'UPDATE "{table}" {sets} WHERE {where}', (*changes.values(), *condition.values()))


def execute(client: Any, statements: Sequence[Statement]) -> list[Answer]:
    """Run the statements, 25 a call, and return one answer for each.

    Raises:
        BotoCoreError, ClientError: a call failed as a whole; whether its statements were carried out is unknown.
    """
    answers: list[Answer] = []
    for start in range(0, len(statements), MAX_STATEMENTS):
        part = statements[start : start + MAX_STATEMENTS]
        request = [{"Statement": s.text, "Parameters": [to_attribute(v) for v in s.parameters]} for s in part]
        responses = client.batch_execute_statement(Statements=request).get("Responses", [])
        answers += [_answer(responses[i] if i < len(responses) else None) for i in range(len(part))]
    return answers


def read_items(client: Any, table: str, keys: Iterable[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the items that exist, read consistently, in no particular order.

    Raises:
        LookupError: DynamoDB left some keys unread.
        BotoCoreError, ClientError: a call failed.
    """
    wanted = [{"pk": {"S": pk}, "sk": {"S": sk}} for pk, sk in dict.fromkeys(keys)]
    items: list[dict[str, Any]] = []
    for start in range(0, len(wanted), MAX_KEYS):
        part = {table: {"Keys": wanted[start : start + MAX_KEYS], "ConsistentRead": True}}
        answer = client.batch_get_item(RequestItems=part)
        if answer.get("UnprocessedKeys"):
            raise LookupError("UnprocessedKeys")
        items += [from_attributes(item) for item in answer.get("Responses", {}).get(table, [])]
    return items


def to_attribute(value: Any) -> dict[str, Any]:
    """Return a value in DynamoDB's form: text, whole numbers and lists of text are all that is stored."""
    if isinstance(value, str):
        return {"S": value}
    if isinstance(value, int):
        return {"N": str(value)}
    return {"L": [to_attribute(item) for item in value]}


def from_attributes(item: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return an item as plain values; attributes of other types are left out."""
    plain = {name: _from_attribute(value) for name, value in item.items()}
    return {name: value for name, value in plain.items() if value is not None}


def _from_attribute(value: Mapping[str, Any]) -> Any:
    if "N" in value:
        return int(value["N"])
    if "L" in value:
        return [_from_attribute(item) for item in value["L"]]
    return value.get("S")


def _answer(response: Mapping[str, Any] | None) -> Answer:
    if response is None:
        return Answer(Outcome.FAILED, "NoAnswer")
    code = response.get("Error", {}).get("Code")
    if code is None:
        return DONE
    return CONFLICT if code in CONFLICTS else Answer(Outcome.FAILED, code)
