"""The raw escape hatch: one property of one resource, set by hand."""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from constructs_lib.model.base import Frozen
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import Name, shown

Scalar = str | int | float | bool | None


def parse_scalar(value: Any) -> Scalar:
    """Return a text, finite number, true, false or null unchanged.

    Raises:
        PydanticCustomError: ``value-not-scalar``.
    """
    if value is None or isinstance(value, str | bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    raise refusal(
        "value-not-scalar",
        f"{shown(value)} is not a single value",
        "text, number, true, false or null",
        "write one override for each property",
    )


class Override(Frozen):
    """A property of a planned resource; it is listed in the plan and checked by governance."""

    resource: Name
    """The resource as the plan names it."""
    property: Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(\.[A-Za-z0-9]+)*$", max_length=300)]
    """CloudFormation property, with dots between levels."""
    value: Annotated[
        Scalar, PlainValidator(parse_scalar), WithJsonSchema({"type": ["string", "number", "boolean", "null"]})
    ]
    """The value to set."""
    reason: Annotated[str, Field(min_length=10, max_length=1000)]
    """Why no field of the declaration fits, in a sentence."""
