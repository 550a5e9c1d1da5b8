"""Closing a group: from the moment at which its parts are counted for the last time, its list never grows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functions.contract.state import part_key
from functions.runtime.groups.store import Phase, moved

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from functions.runtime.groups.part import Expected
    from functions.runtime.groups.store import Group, GroupStore, RegisteredPart
    from functions.runtime.partiql import Answer

STEPS = 8
"""Most steps from open to frozen; each that is lost to another worker brings the group forward too."""


def missing(expected: Expected, present: Collection[str]) -> tuple[int, tuple[str, ...]]:
    """Return how many parts are missing among the sort keys that are there, and their names where they have any."""
    if isinstance(expected, int):
        return max(0, expected - len(present)), ()
    names = tuple(name for name in expected if part_key(name) not in present)
    return len(names), names


def is_complete(group: Group, parts: Sequence[RegisteredPart]) -> bool:
    """Return whether every expected part is registered."""
    return missing(group.expected, {part.sk for part in parts})[0] == 0


def freeze(group: Group, store: GroupStore, most: int) -> Group:
    """Return the group with the list of the parts that are handed over, at most ``most`` of them.

    The list is written once, by whoever comes first. All parts are counted after the group was closed; so every part
    that was registered while a worker still saw it open is among them.

    Raises:
        LookupError: the group has vanished or never came to rest.
    """
    for _step in range(STEPS):
        if group.phase is Phase.FROZEN:
            return group
        wanted = _next(group, store, most)
        (answer,) = store.change([(group, wanted)])
        group = wanted if answer.done else _read_after(group, answer, store)
    raise LookupError("GroupUnsettled")


def freeze_again(group: Group, store: GroupStore, most: int) -> Group:
    """Return a frozen group with the list of all parts that are there by now, for the replay of one given up."""
    wanted = moved(group, Phase.FROZEN, _listed(group, store, most))
    (answer,) = store.change([(group, wanted)])
    return wanted if answer.done else _read_after(group, answer, store)


def _next(group: Group, store: GroupStore, most: int) -> Group:
    if group.phase is Phase.CLOSING:
        return moved(group, Phase.FROZEN, _listed(group, store, most))
    return moved(group, Phase.CLOSING)


def _listed(group: Group, store: GroupStore, most: int) -> tuple[str, ...]:
    """Return the sort keys of the parts, those that are expected by name first."""
    wanted = {part_key(name) for name in group.expected} if isinstance(group.expected, tuple) else set()
    keys = sorted((part.sk for part in store.parts(group.pk)), key=lambda sk: (sk not in wanted, sk))
    return tuple(keys[:most])


def _read_after(group: Group, answer: Answer, store: GroupStore) -> Group:
    if not answer.conflict:
        raise LookupError(answer.code)
    return store.read([group.pk])[0][group.pk]
