"""The base of every declared or planned value."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict

from constructs_lib.model.units import duration_text


def _as_written(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Put default durations into a JSON Schema as users write them; pydantic's own text is ISO 8601."""
    for name, field in model.model_fields.items():
        if isinstance(field.default, timedelta):
            schema["properties"][field.alias or name]["default"] = duration_text(field.default)


class Frozen(BaseModel):
    """A value that never changes, compares by content and refuses fields it does not know."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        use_attribute_docstrings=True,
        validate_default=True,
        json_schema_extra=_as_written,
    )
