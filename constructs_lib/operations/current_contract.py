"""The contract as the declaration has it now, asked before a quarantined record is sent again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from functions.contract.drift import DriftSearch

if TYPE_CHECKING:
    from constructs_lib.model.plan import ContractPlan

BLOCK = "block"
MASKED_CLASSES = frozenset({"confidential", "restricted"})
"""Data classes of which no value is shown outside the record's own objects."""


@dataclass(frozen=True)
class CurrentContract:
    """A schema and what it says of unknown fields; without a schema every JSON text satisfies it."""

    schema: Any = True
    blocks_drift: bool = False
    hides_values: bool = False
    """Whether reasons leave out what only the payload knows."""

    @classmethod
    def of(cls, contract: ContractPlan | None, *, hides_values: bool) -> Self:
        """Read the schema of a plan's contract."""
        if contract is None:
            return cls(hides_values=hides_values)
        file = contract.schema_file
        schema = json.loads(Path(file).read_text(encoding="utf-8")) if file else True
        return cls(schema, contract.on_drift == BLOCK, hides_values)

    def fault(self, text: str) -> str | None:
        """Return why a record would break the contract again, or None when it satisfies it."""
        try:
            text.encode()
            body = json.loads(text, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return "it is no JSON"
        try:
            return self._break(body) or self._drift(body)
        except RecursionError:
            return "it is nested too deeply"
        except ArithmeticError:
            return "it holds a number too large to be checked"

    def _break(self, body: Any) -> str | None:
        error = best_match(Draft202012Validator(self.schema).iter_errors(body))
        if error is None:
            return None
        rule = "/".join(str(part) for part in error.absolute_schema_path)
        return f"it breaks {rule}" if self.hides_values else f"it breaks {rule}: {error.message[:200]}"

    def _drift(self, body: Any) -> str | None:
        unknown = DriftSearch(self.schema, hides_names=self.hides_values).unknown_fields(body)
        blocked = self.blocks_drift and unknown
        return f"it has fields the contract does not know: {', '.join(unknown)}" if blocked else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
