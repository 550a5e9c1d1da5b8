"""Stores: one module per kind, found by name; a new module is a new value of ``stores[].type``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Union

from pydantic import Field

from constructs_lib.model.discovery import discover
from constructs_lib.model.store import Store

STORES = discover(__name__, Store)
"""Every kind, in the order of their modules' names."""

if TYPE_CHECKING:
    AnyStore = Store
else:
    AnyStore = Annotated[Union[STORES], Field(discriminator="type")]
