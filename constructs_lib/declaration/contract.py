"""The data contract that records are checked against."""

from __future__ import annotations

from typing import Literal

from pydantic import ConfigDict, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Name


class Contract(Frozen):
    """A JSON Schema (2020-12) of a record's body, with the version that every ledger entry names."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    id: Name
    """Name of the contract, such as ``order``."""
    version: Name
    """Version of the contract, as text."""
    schema_: Name | None = Field(default=None, alias="schema")
    """JSON Schema file of the body, relative to the declaration; required unless ``parameters`` is there."""
    parameters: Name | None = None
    """JSON Schema file of an object with ``path``, ``query`` and ``headers``, with ``mode: sync`` alone."""
    on_invalid: Literal["quarantine", "dlq"] = "quarantine"
    """Where a record goes that breaks the contract; it spends no retries either way."""
    on_drift: Literal["land_and_flag", "block"] = "land_and_flag"
    """Whether a record with fields the contract does not know lands, flagged, or is treated as invalid."""
