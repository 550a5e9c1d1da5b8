"""Outputs: one module per kind, found by name; a new module is a new value of ``outputs[].type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.output import Output

OUTPUTS = discover(__name__, Output)
"""Every kind, in the order of their modules' names."""

if TYPE_CHECKING:
    AnyOutput = Output
else:
    AnyOutput = Annotated[Union[OUTPUTS], Field(discriminator="type")]
