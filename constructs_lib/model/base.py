"""The base of every declared or planned value."""

from __future__ import annotations

import ast
import inspect
import textwrap
from datetime import timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from constructs_lib.model.units import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator


def field_meanings(model: type[BaseModel]) -> dict[str, str]:
    """Return the docstring below each field of a model, by the field's name in Python.

    Only the JSON Schema and the docs need them; reading them while the models are imported is a quarter of its time.
    """
    classes = [base for base in reversed(model.__mro__) if issubclass(base, Frozen) and base is not Frozen]
    return {name: meaning for base in classes for name, meaning in _docstrings(base)}


def _docstrings(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    definition = ast.parse(textwrap.dedent(inspect.getsource(model))).body[0]
    statements = definition.body if isinstance(definition, ast.ClassDef) else []
    for field, below in pairwise(statements):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            meaning = getattr(below.value, "value", None)
            if isinstance(meaning, str):
                yield field.target.id, inspect.cleandoc(meaning)


def _as_written(schema: dict[str, Any], model: type[BaseModel]) -> None:
    """Say in a JSON Schema what each field means, and write default durations as users do, not in ISO 8601."""
    meanings = field_meanings(model)
    for name, field in model.model_fields.items():
        shown = schema["properties"][field.alias or name]
        if name in meanings:
            shown["description"] = meanings[name]
        if isinstance(field.default, timedelta):
            shown["default"] = duration_text(field.default)


class Frozen(BaseModel):
    """A value that never changes, compares by content and refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True, json_schema_extra=_as_written)
