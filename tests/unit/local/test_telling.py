"""A story says what was expected and what was found, and ends where something does not come about."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unittest.mock import Mock

from constructs_lib.errors import UserError
from constructs_lib.local.stories.scene import Scene
from constructs_lib.local.stories.telling import Story, Telling

if TYPE_CHECKING:
    from collections.abc import Callable

SCENE = Mock(spec=Scene)


def story(tell: Callable[[Scene, Telling], None]) -> Telling:
    return Story("a story", tell).whole(SCENE)


def test_an_expectation_that_holds_is_not_unmet() -> None:
    assert story(lambda scene, telling: telling.expect("two is two", 2, 2)).unmet == ()


def test_an_unmet_expectation_says_what_was_found() -> None:
    told = story(lambda scene, telling: telling.expect("one is two", 1, 2))
    assert told.unmet == ("one is two: expected 2, found 1",)


def test_what_does_not_come_about_ends_the_story_as_unmet() -> None:
    def tell(scene: Scene, telling: Telling) -> None:
        telling.say("it begins")
        raise UserError.of("local-wait-over", "shop-orders", "not within 1 s", "progress", "wait")

    told = story(tell)
    assert told.happened == ["it begins"]
    assert "local-wait-over" in told.unmet[0]


def test_a_story_with_a_beginning_is_told_in_two_parts() -> None:
    two = Story("two parts", lambda scene, t: t.say("end"), begin=lambda scene, t: t.say("beginning"))
    started = two.start(SCENE)
    assert started.happened == ["beginning"]
    assert two.finish(SCENE, started).happened == ["beginning", "end"]
