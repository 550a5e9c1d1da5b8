"""Variables: inner scopes see those of outer ones and set their own alone; child executions begin with none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import DATA_LIMIT_EXCEEDED, RUNTIME, StateError

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 262_144
"""Bytes of the input or output of a state, and of all that one state assigns (Step Functions quotas)."""
MAX_STORED_BYTES = 10 * 1024 * 1024
"""Bytes of all variables of an execution (Step Functions quotas)."""


@dataclass
class Scope:
    """The variables of a workflow, of a branch or of an item."""

    outer: Scope | None = None
    values: dict[str, Any] = field(default_factory=dict)

    def visible(self) -> dict[str, Any]:
        """Return every variable that expressions may use here."""
        return {**(self.outer.visible() if self.outer else {}), **self.values}

    def assign(self, values: Mapping[str, Any]) -> None:
        """Set variables.

        Raises:
            StateError: ``States.DataLimitExceeded``, or ``States.Runtime`` for a name of an outer scope.
        """
        taken = set(values) & set(self.outer.visible() if self.outer else ())
        if taken:
            raise StateError(RUNTIME, f"variables of an outer scope cannot be assigned: {', '.join(sorted(taken))}")
        if values:
            within_limit(values, "Assign")
        self.values.update(values)
        if values and size_of(self.visible()) > MAX_STORED_BYTES:
            raise StateError(DATA_LIMIT_EXCEEDED, f"variables of more than {MAX_STORED_BYTES} bytes")


def size_of(value: Any) -> int:
    """Return the bytes of a value as JSON without blanks."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def within_limit(value: Any, what: str) -> Any:
    """Return a value that a state may take or give.

    Raises:
        StateError: ``States.DataLimitExceeded``.
    """
    size = size_of(value)
    if size > MAX_BYTES:
        raise StateError(DATA_LIMIT_EXCEEDED, f"{what} of {size} bytes; {MAX_BYTES} at most")
    return value
