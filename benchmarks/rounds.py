"""Runs that take turns, so that whatever else the machine does meets all sides alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Measured = TypeVar("Measured")


def take_turns(
    variants: Mapping[str, Callable[[], Measured]], rounds: int, *, warm_up: int = 1
) -> list[dict[str, Measured]]:
    """Return what each round measured; every second round goes backwards, so that no side always comes first.

    The first ``warm_up`` rounds fill caches and are left out.
    """
    measured = []
    for number in range(warm_up + rounds):
        names = list(variants)[:: 1 if number % 2 == 0 else -1]
        result = {name: variants[name]() for name in names}
        if number >= warm_up:
            measured.append(result)
    return measured
