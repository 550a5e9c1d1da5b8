"""What a handler may answer with."""

from __future__ import annotations

from pydantic import ConfigDict, Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Name


class Response(Frozen):
    """What a handler may answer with."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    schema_: Name = Field(alias="schema")
    """JSON Schema file of the body of a good answer (2xx), relative to the declaration."""
