"""Which names a place of the declaration knows, for suggestions."""

from __future__ import annotations

import difflib
import typing
from typing import Any

from pydantic import BaseModel

if typing.TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration.document import Place


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None when none does."""
    return nearest_by(name, known, 0.6)


def nearest_by(name: str, known: Iterable[str], alike: float) -> str | None:
    """Return the same where names must be ``alike`` by 0 to 1 to count."""
    lowered = {candidate.lower(): candidate for candidate in known}
    found = difflib.get_close_matches(name.lower(), lowered, n=1, cutoff=alike)
    return lowered[found[0]] if found else None


def names_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the names that a declaration may use for the fields of a model."""
    return tuple(field.alias or name for name, field in model.model_fields.items() if not field.exclude)


def model_at(root: type[BaseModel], location: Place) -> type[BaseModel] | None:
    """Return the model at a location as pydantic gives it, in which the type of a kind is a step of its own."""
    models = _models_at(root, location)
    return models[0] if models else None


def tags_at(root: type[BaseModel], location: Place) -> tuple[str, ...]:
    """Return the types or classes that a value at a location can have."""
    return tuple(str(tag) for model in _models_at(root, location) for tag in _tags(model))


def _models_at(root: type[BaseModel], location: Place) -> list[type[BaseModel]]:
    models, named = [root], False
    for step in location:
        if named:
            named = False
            continue
        named = any(_names_its_values(model, step) for model in models)
        tagged = [model for model in models if len(models) > 1 and step in _tags(model)]
        models = tagged or [found for model in models for found in _inside(model, step)]
    return models


def _inside(model: type[BaseModel], step: str | int) -> list[type[BaseModel]]:
    if isinstance(step, int):
        return [model]
    for name, field in model.model_fields.items():
        if step in (name, field.alias):
            return list(_models(field.annotation))
    return [model] if step in _tags(model) else []


def _names_its_values(model: type[BaseModel], step: str | int) -> bool:
    """Return whether a field is a mapping of the user's own names, one of which is the next step."""
    found = [field.annotation for name, field in model.model_fields.items() if step in (name, field.alias)]
    return any(dict in (option, typing.get_origin(option)) for one in found for option in (one, *typing.get_args(one)))


def _models(annotation: Any) -> Iterable[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _models(argument)


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    fields = (model.model_fields.get(name) for name in ("type", "class_"))
    return tuple(value for field in fields if field is not None for value in typing.get_args(field.annotation))
