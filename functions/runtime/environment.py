"""Reading a function's environment once, with every fault reported together."""

from __future__ import annotations

import os
from dataclasses import fields
from typing import TYPE_CHECKING, TypeVar, cast

import jmespath
from jmespath.exceptions import JMESPathError

from functions.contract.environment import JsonShape
from functions.runtime.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.contract.environment import Variable

Value = TypeVar("Value")
Shape = TypeVar("Shape", bound=JsonShape)

FUNCTION_NAME = "AWS_LAMBDA_FUNCTION_NAME"
TASK_ROOT = "LAMBDA_TASK_ROOT"
"""Folder of the unpacked bundle; Lambda sets it."""

CHECKS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "str | None": (str, type(None)),
    "int": (int,),
    "bool": (bool,),
    "float": (int, float),
    "tuple[str, ...]": (tuple,),
    "dict[str, Any]": (dict,),
    "dict[str, int]": (dict,),
}


def in_lambda() -> bool:
    """Return whether this process is a Lambda function, whose settings must be complete from the start."""
    return FUNCTION_NAME in os.environ


class EnvironmentReader:
    """Collects values and faults; ``check`` raises when there was any fault."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read from ``environment``, usually ``os.environ``."""
        self._environment = environment
        self._faults: list[str] = []

    def required(self, variable: Variable, parse: Callable[[str], Value]) -> Value:
        """Return the parsed variable; a missing one is a fault. The result is only used after ``check``."""
        text = self._environment.get(variable, "")
        if not text:
            self._faults.append(f"{variable} is missing")
        return self._parsed(variable, text, parse)

    def optional(self, variable: Variable, parse: Callable[[str], Value], default: Value) -> Value:
        """Return the parsed variable, or ``default`` when it is not set."""
        text = self._environment.get(variable, "")
        return self._parsed(variable, text, parse) if text else default

    def plain(self, name: str, default: str) -> str:
        """Return a variable that Lambda itself sets, or ``default`` outside of it."""
        return self._environment.get(name, default)

    def refuse(self, fault: str, *together: object) -> None:
        """Note a fault when all of these are set: values that are good by themselves may not go together."""
        if all(together):
            self._faults.append(fault)

    def check(self) -> None:
        """Raise every fault found so far.

        Raises:
            SettingsError: a variable is missing or malformed.
        """
        if self._faults:
            raise SettingsError(self._faults)

    def _parsed(self, variable: Variable, text: str, parse: Callable[[str], Value]) -> Value:
        try:
            if text:
                return parse(text)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            self._faults.append(f"{variable} is malformed: {error}")
        return cast("Value", None)


def shape(kind: type[Shape]) -> Callable[[str], Shape]:
    """Return a parser for one JSON shape that also checks the types of its fields."""

    def parse(text: str) -> Shape:
        value = kind.from_json(text)
        check_types(value)
        return value

    return parse


def check_types(value: JsonShape) -> None:
    """Raise ``TypeError`` when a field does not hold what its annotation says; an integer is a float too."""
    for field in fields(value):
        held, wanted = getattr(value, field.name), CHECKS[str(field.type)]
        if not isinstance(held, wanted) or (isinstance(held, bool) and bool not in wanted):
            raise TypeError(f"{field.name} is {held!r}, expected {field.type}")


def one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise ``ValueError`` when ``value`` is not one of ``allowed``."""
    if value not in allowed:
        raise ValueError(f"{name} is {value!r}, expected one of {', '.join(allowed)}")


def compiles(expression: str) -> None:
    """Raise ``ValueError`` when a text is not JMESPath."""
    try:
        jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"{expression!r} is not JMESPath") from error
