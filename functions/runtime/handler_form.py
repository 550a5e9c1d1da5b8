"""The form of a handler: one plain function of a record and a run, which has done its work when it returns."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from functions.runtime.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

LATER = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)


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
