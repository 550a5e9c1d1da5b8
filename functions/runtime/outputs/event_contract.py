"""The contract of the events that an output sends: a detail that breaks it never leaves the function."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from functions.contract.identity import content_hash
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import ContractBreak
from functions.runtime.outputs.draft import OutputMisuse

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True)
class EventContract:
    """One schema, and what the events say of it."""

    told: dict[str, str]
    """Id, version and hash."""
    check_of: ContractCheck

    @classmethod
    def load(cls, declared: Mapping[str, Any], folder: Path) -> Self:
        """Compile the file that ``declared`` names below ``folder``, the root of the bundle."""
        schema = json.loads((folder / declared["file"]).read_text(encoding="utf-8"))
        told = {"id": declared["id"], "version": declared["version"], "schema_hash": content_hash(schema)}
        return cls(told, ContractCheck.of(schema, blocks_drift=True))

    def check(self, data: str) -> None:
        """Raise ``OutputMisuse`` with the rule and the place, and no value, where a detail breaks the schema."""
        try:
            self.check_of.check(json.loads(data))
        except ContractBreak as fault:
            place = fault.place.replace("body", "detail", 1)
            raise OutputMisuse(f"the event breaks {self.told['id']} {self.told['version']}: {place}") from None
