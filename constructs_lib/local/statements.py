"""PartiQL statements as calls carry them: what they do, to which table, to whose items."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

_STATEMENT = re.compile(
    r"""\s*(?:(?P<insert>INSERT)\s+INTO|(?P<update>UPDATE)|(?P<delete>DELETE)\s+FROM|(?P<select>SELECT)\s.*?\sFROM)\s+"""
    r""""?(?P<table>[A-Za-z0-9_.-]+)"?""",
    re.IGNORECASE | re.DOTALL,
)
_INSERTED_KEY = re.compile(r"""['"]pk['"]\s*:\s*\?""")
_COMPARED_KEY = re.compile(r"""\b"?pk"?\s*=\s*\?""")


@dataclass(frozen=True)
class Statement:
    """One statement: its ``verb`` as in ``dynamodb:PartiQL<verb>``, and the partition key it names, if any."""

    verb: str
    table: str
    partition_key: str | None

    @property
    def action(self) -> str:
        """The IAM action that AWS checks for the statement."""
        return f"dynamodb:PartiQL{self.verb}"


def parse_statement(text: str, parameters: list[dict[str, Any]]) -> Statement | None:
    """Return what a statement does, or None when it is no statement that DynamoDB knows."""
    found = _STATEMENT.match(text)
    if found is None:
        return None
    verb = next(name for name in ("insert", "update", "delete", "select") if found[name])
    place = (_INSERTED_KEY if verb == "insert" else _COMPARED_KEY).search(text)
    index = None if place is None else text[: place.end()].count("?") - 1
    key = parameters[index].get("S") if index is not None and index < len(parameters) else None
    return Statement(verb.capitalize(), found["table"], key)


def statements_of(operation: str, body: bytes) -> tuple[Statement, ...]:
    """Return the statements of a DynamoDB call; calls of other operations have none."""
    if operation not in {"ExecuteStatement", "BatchExecuteStatement"}:
        return ()
    request = json.loads(body)
    items = request["Statements"] if operation == "BatchExecuteStatement" else [request]
    parsed = (parse_statement(item["Statement"], item.get("Parameters", [])) for item in items)
    return tuple(statement for statement in parsed if statement is not None)
