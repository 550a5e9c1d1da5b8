"""The form of a handler, and what it is given as its record: decoded JSON, a dataclass, or a model of its library."""

from __future__ import annotations

import inspect
import types
import typing
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import TYPE_CHECKING, Any

from functions.runtime.errors import ContractBreak, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

SCALARS = (str, int, float, bool, type(None))
SEQUENCES = (list, tuple, set, frozenset)

LATER = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)

Build = typing.Callable[[Any], Any]


def check_handler(function: Callable[..., Any]) -> None:
    """Stop the cold start for a function that could never process a record.

    Raises:
        SettingsError: it is no function, does not take a record and a run, or is asynchronous or a generator.
    """
    name = getattr(function, "__name__", type(function).__name__)
    if not inspect.isfunction(function):
        raise SettingsError([f"{name}: the handler must be a function, decorate one that takes (record, run)"])
    if any(is_later(function) for is_later in LATER):
        raise SettingsError([f"{name}: the handler must be a plain def: nobody awaits or iterates what it returns"])
    signature = inspect.signature(function)
    try:
        signature.bind(None, None)
    except TypeError as error:
        raise SettingsError([f"{name}{signature}: the handler must take (record, run): {error}"]) from None


def refuse_unfinished(result: object) -> None:
    """Raise ``TypeError`` for a result that stands for work not done yet: its record would pass for processed."""
    if inspect.iscoroutine(result):
        result.close()
    if hasattr(result, "__await__") or inspect.isgenerator(result) or inspect.isasyncgen(result):
        raise TypeError(f"the handler returned a {type(result).__name__}: its work is not done")


def argument_builder(function: Callable[..., Any]) -> Build:
    """Return what turns a decoded body into the first argument of ``function``.

    Raises:
        SettingsError: the annotation cannot be resolved at run time, so that records would pass unchecked.
    """
    annotation = _annotation(function)
    if hasattr(annotation, "model_validate"):
        return lambda body: _validated(annotation, body)
    if is_dataclass(annotation) and isinstance(annotation, type):
        return lambda body: build(annotation, body, "body")
    return lambda body: body


def build(annotation: Any, value: Any, place: str) -> Any:
    """Return ``value`` in the shape of ``annotation``: dataclasses are built, scalars checked, fields unknown left out.

    Raises:
        ContractBreak: the value does not fit.
    """
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if is_dataclass(annotation) and isinstance(annotation, type):
        return _build_dataclass(annotation, value, place)
    if origin in (typing.Union, types.UnionType):
        return _build_union(arguments, value, place)
    if origin in SEQUENCES and arguments:
        if not isinstance(value, list):
            raise _misfit(place, "a list", value)
        return origin(build(arguments[0], item, f"{place}[{index}]") for index, item in enumerate(value))
    if annotation in SCALARS:
        return _scalar(annotation, value, place)
    return value


def _build_dataclass(kind: Any, value: Any, place: str) -> Any:
    if not isinstance(value, dict):
        raise _misfit(place, "an object", value)
    hints = typing.get_type_hints(kind)
    given = {f.name: build(hints[f.name], value[f.name], f"{place}.{f.name}") for f in fields(kind) if f.name in value}
    missing = [field.name for field in fields(kind) if field.name not in given and _required(field)]
    if missing:
        raise ContractBreak("argument-misfit", place, f"missing: {', '.join(missing)}")
    try:
        return kind(**given)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ContractBreak("argument-misfit", place, str(error)) from error


def _build_union(kinds: tuple[Any, ...], value: Any, place: str) -> Any:
    for kind in kinds:
        try:
            return build(kind, value, place)
        except ContractBreak:
            continue
    raise _misfit(place, " or ".join(getattr(kind, "__name__", str(kind)) for kind in kinds), value)


def _scalar(kind: type, value: Any, place: str) -> Any:
    fits = isinstance(value, (int, float) if kind is float else kind)
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise _misfit(place, kind.__name__, value)
    return value


def _required(field: Field[Any]) -> bool:
    return field.init and field.default is MISSING and field.default_factory is MISSING


def _misfit(place: str, wanted: str, value: Any) -> ContractBreak:
    return ContractBreak("argument-misfit", place, f"is {type(value).__name__}, not {wanted}")


def _validated(model: Any, body: Any) -> Any:
    """A model says what is wrong by ``ValueError``; its own message may repeat values, so the place stays general."""
    try:
        return model.model_validate(body)
    except ValueError as error:
        raise ContractBreak("argument-misfit", "body", str(error)) from error


def _annotation(function: Callable[..., Any]) -> Any:
    """Return the annotation of the first parameter, also of a decorated function; only this one must resolve."""
    first = next(iter(inspect.signature(function).parameters.values()))
    if first.annotation is first.empty or first.kind is first.VAR_POSITIONAL:
        return Any
    holder = types.SimpleNamespace(__annotations__={"first": first.annotation})
    try:
        return typing.get_type_hints(holder, globalns=inspect.unwrap(function).__globals__)["first"]
    except NameError as error:
        raise SettingsError([f"{function.__name__}: {error}; import it outside TYPE_CHECKING"]) from error
