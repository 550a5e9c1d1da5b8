"""What a step, a list of steps or a whole workflow has come to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.drawn_workflows.script import Effect


@dataclass(frozen=True)
class Failure:
    """The first error."""

    step: str
    error: str
    below: str = ""
    """What another workflow, which the step ran, calls it."""


@dataclass(frozen=True)
class Undoable:
    """A step that has succeeded and could be taken back."""

    step: str
    items: tuple[int, ...]
    visit: int
    input: Any


@dataclass
class Ending:
    """When it ended and how, and what happened until then."""

    at: float
    result: Any = None
    failure: Failure | None = None
    effects: list[Effect] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    warned: list[tuple[float, str]] = field(default_factory=list)
    """When the ledger was told of which step."""
    undoable: list[Undoable] = field(default_factory=list)
    cut: bool = False
    """Whether the whole took longer than it may."""
    letters: list[tuple[float, str]] = field(default_factory=list)
    """When something went to a dead-letter queue, and after which error."""

    def add(self, other: Ending) -> None:
        """Take over what happened in something that came after, or that stands inside."""
        self.effects += other.effects
        self.warned += other.warned
        self.undoable += other.undoable
        self.letters += other.letters

    def until(self, at: float) -> None:
        """Forget what would have happened later: it was stopped."""
        self.effects = [one for one in self.effects if one.at <= at]
        self.warned = [one for one in self.warned if one[0] <= at]
        self.letters = [one for one in self.letters if one[0] <= at]


def joined(at: float, endings: list[Ending]) -> Ending:
    """Return the whole of what ran at the same time."""
    whole = Ending(at)
    for one in endings:
        whole.add(one)
        whole.warnings += one.warnings
    return whole
