"""Where breakers are kept: one item for each dependency, every change fenced by its version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from functions.contract.state import BREAKER, dependency_key
from functions.runtime.back_pressure.breaker import Breaker

if TYPE_CHECKING:
    from functions.runtime.back_pressure.state_items import StateItems

VERSION = "version"
ABOUT = "about"


class Breakers(Protocol):
    """Breakers by dependency. Methods raise what AWS calls raise, and ``LookupError``."""

    def read(self, dependency: str) -> Breaker:
        """Return the breaker as it stands; a new one before the first failure."""

    def replace(self, dependency: str, old: Breaker, new: Breaker) -> Breaker | None:
        """Put ``new`` in the place of ``old`` and return it as it stands; None when another was faster."""


class StoredBreakers:
    """Breakers in the state table."""

    def __init__(self, items: StateItems) -> None:
        """``items`` are those of the state table."""
        self._items = items

    def read(self, dependency: str) -> Breaker:
        """Return the breaker as it stands."""
        item = self._items.read((dependency_key(dependency), BREAKER))
        try:
            return Breaker.from_text(item[VERSION], item[ABOUT]) if item else Breaker()
        except (ValueError, TypeError, AttributeError) as error:
            raise LookupError("BreakerDamaged") from error

    def replace(self, dependency: str, old: Breaker, new: Breaker) -> Breaker | None:
        """Put ``new`` in the place of ``old``."""
        key, version = (dependency_key(dependency), BREAKER), old.version + 1
        values = {VERSION: version, ABOUT: new.to_text()}
        if old.version:
            answer = self._items.update(key, values, {VERSION: old.version})
        else:
            answer = self._items.insert(key, values)
        return Breaker.from_text(version, new.to_text()) if answer.done else None
