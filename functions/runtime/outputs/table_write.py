"""What a dynamodb output writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.runtime.stores.values import Attributes

ON_CONFLICT = ("ignore", "fail")


@dataclass(frozen=True)
class Write:
    """One item to write or, where there is none, one key to delete."""

    key: Attributes
    item: Attributes | None
    if_absent: bool = False
    if_newer: str | None = None
    """Attribute whose value must be above that of the item that stands there."""
    on_conflict: str = ON_CONFLICT[0]

    @property
    def conditional(self) -> bool:
        """Whether it depends on what stands there."""
        return self.if_absent or self.if_newer is not None
