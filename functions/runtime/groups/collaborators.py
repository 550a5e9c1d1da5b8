"""What whoever works with groups needs of the world outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from functions.runtime.groups.signals import Signals
    from functions.runtime.groups.store import GroupStore


@dataclass(frozen=True)
class Groups:
    """Where groups are kept, and how they are told to be consolidated."""

    store: GroupStore
    signals: Signals
