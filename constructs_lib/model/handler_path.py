"""How a declaration names the user's functions and their variables."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from constructs_lib.model.reserved import parse_variable

HandlerPath = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*:[A-Za-z_][A-Za-z0-9_]*$", max_length=128)
]
"""A function as ``package.module:function``."""
VariableName = Annotated[
    str, BeforeValidator(parse_variable), Field(pattern=r"^[A-Za-z][A-Za-z0-9_]*$", max_length=128)
]
"""The name of an environment variable that a user may set."""


def function_of(handler: str) -> str:
    """Return the name of the function."""
    return handler.partition(":")[2]


def package_of(handler: str) -> str:
    """Return the first part of the module."""
    return handler.partition(":")[0].partition(".")[0]
