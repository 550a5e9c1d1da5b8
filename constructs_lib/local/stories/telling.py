"""How a story is told: what happened, in order, and what was expected of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from constructs_lib.local.stories.scene import Scene
    from constructs_lib.operations.story.story import Story as Record


@dataclass(frozen=True)
class Expectation:
    """One thing that must be so, and what was found."""

    sentence: str
    expected: object
    found: object

    @property
    def held(self) -> bool:
        """Whether it is so."""
        return self.expected == self.found

    def __str__(self) -> str:
        """Return the sentence, with what was found instead where it did not hold."""
        return self.sentence if self.held else f"{self.sentence}: expected {self.expected!r}, found {self.found!r}"


@dataclass
class Telling:
    """A story while it is told; ``happened`` and ``expectations`` grow in the order of events."""

    title: str
    happened: list[str] = field(default_factory=list)
    expectations: list[Expectation] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    """Records of which the whole way is shown."""
    listener: Callable[[str], None] | None = None
    """Hears what happens as it happens."""

    def say(self, text: str) -> None:
        """Add something that happened."""
        self.happened.append(text)
        if self.listener is not None:
            self.listener(text)

    def expect(self, sentence: str, found: object, expected: object) -> None:
        """Add something that must be so."""
        self.expectations.append(Expectation(sentence, expected, found))

    @property
    def unmet(self) -> tuple[str, ...]:
        """What was expected and is not so; empty when the story came out right."""
        return tuple(str(expectation) for expectation in self.expectations if not expectation.held)


@dataclass(frozen=True)
class Story:
    """One thing that happens to a pipeline; ``begin`` comes first where time must pass before ``tell`` can look."""

    title: str
    tell: Callable[[Scene, Telling], None]
    begin: Callable[[Scene, Telling], None] | None = None

    def start(self, scene: Scene) -> Telling:
        """Do what must come first and return the story, to be finished later."""
        telling = Telling(self.title)
        if self.begin is not None:
            _until_error(self.begin, scene, telling)
        return telling

    def finish(self, scene: Scene, telling: Telling) -> Telling:
        """Tell the rest of a story that was started."""
        _until_error(self.tell, scene, telling)
        return telling

    def whole(self, scene: Scene) -> Telling:
        """Tell the story from beginning to end."""
        return self.finish(scene, self.start(scene))


def _until_error(part: Callable[[Scene, Telling], None], scene: Scene, telling: Telling) -> None:
    """Something that does not come about ends this story and no other."""
    try:
        part(scene, telling)
    except UserError as error:
        telling.expect(str(error), found="an error", expected="none")
