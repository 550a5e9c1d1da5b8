"""Stores can be told apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.errors import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject


def names_differ(subject: Subject) -> Iterator[Fault]:
    """Every store has a name of its own on ``run.stores``."""
    seen: dict[str, int] = {}
    for index, store in enumerate(subject.declaration.stores):
        first = seen.setdefault(store.name, index)
        if first != index:
            found = f"a second {store.name}; the first is stores[{first}]"
            yield Fault("store-twice", f"stores[{index}].name", found, "each name once", "give it a name of its own")
