"""Keys as users write them: the name of an attribute, and its type where it is a number."""

from __future__ import annotations

from typing import Annotated, Protocol

from pydantic import Field

from constructs_lib.model.base import Frozen

KeyName = Annotated[
    str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]{0,99}(:[SN])?$", examples=["order_id", "placed_at:N"])
]
"""The name of a key's attribute, and ``:N`` behind it where it is a number."""
IndexName = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{3,100}$")]


class Index(Frozen):
    """A second way to find the items of a table: by other attributes."""

    name: IndexName
    """Name of the index."""
    partition_key: KeyName
    """Attribute that the items of one query share; items without it are not in the index."""
    sort_key: KeyName | None = None
    """Attribute by which they are sorted."""


class Keyed(Protocol):
    """A table or an index."""

    @property
    def partition_key(self) -> str:
        """The attribute that items of one partition share."""

    @property
    def sort_key(self) -> str | None:
        """The attribute that sorts them."""


def name_and_type(key: str) -> list[str]:
    """Return the name of a key's attribute and its type: S or N."""
    name, _, kind = key.partition(":")
    return [name, kind or "S"]


def pairs(keys: Keyed) -> list[list[str]]:
    """Return partition key and, where there is one, sort key, each as name and type."""
    return [name_and_type(key) for key in (keys.partition_key, keys.sort_key) if key]
