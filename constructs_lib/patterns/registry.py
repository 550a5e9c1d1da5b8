"""Which constructs of a kind an app holds, so that governance can judge them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar
from weakref import WeakKeyDictionary

from constructs import Construct

if TYPE_CHECKING:
    from constructs import IConstruct

Made = TypeVar("Made", bound=Construct)


class Registry(Generic[Made]):
    """The constructs of one class by the root of the tree that they were made in."""

    def __init__(self) -> None:
        """Begin without any."""
        self._by_root: WeakKeyDictionary[IConstruct, list[Made]] = WeakKeyDictionary()

    def add(self, construct: Made) -> None:
        """Note a construct below the root of its tree."""
        self._by_root.setdefault(construct.node.root, []).append(construct)

    def below(self, root: IConstruct) -> tuple[Made, ...]:
        """Return the constructs below a root in the order in which they were made."""
        return tuple(self._by_root.get(root, ()))
