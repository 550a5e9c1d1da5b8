"""Which constructs of a kind an app holds, so that governance can judge them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs import IConstruct

Made = TypeVar("Made", bound=Construct)


class Registry(Generic[Made]):
    """The constructs of one class by the root of the tree that they were made in."""

    def __init__(self) -> None:
        """Begin without any."""
        self._by_root: WeakKeyDictionary[IConstruct, list[Made]] = WeakKeyDictionary()
        self._watchers: WeakKeyDictionary[IConstruct, list[Callable[[Made], None]]] = WeakKeyDictionary()

    def add(self, construct: Made) -> None:
        """Note a construct below the root of its tree, and show it to whoever watches."""
        root = construct.node.root
        self._by_root.setdefault(root, []).append(construct)
        for see in self._watchers.get(root, ()):
            see(construct)

    def below(self, root: IConstruct) -> tuple[Made, ...]:
        """Return the constructs below a root in the order in which they were made."""
        return tuple(self._by_root.get(root, ()))

    def watch(self, root: IConstruct, see: Callable[[Made], None]) -> None:
        """Call ``see`` once for every construct below a root: those that are there, and those that are made later."""
        watchers = self._watchers.setdefault(root, [])
        if see in watchers:
            return
        watchers.append(see)
        for made in self.below(root):
            see(made)
