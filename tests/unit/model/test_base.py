"""A declared value never changes, refuses what it does not know, and is described as users write it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import Field, ValidationError

from constructs_lib.model.base import Frozen, field_meanings
from constructs_lib.model.units import Duration


class Pause(Frozen):
    """A value with a default of every sort that matters."""

    wait: Duration = timedelta(minutes=5)
    """How long it waits."""
    longest: Duration | None = None
    """How long it waits at most."""
    class_: Duration = Field(default=timedelta(days=400), alias="class")
    """A field with a name of its own in files."""
    count: int = 3
    """How often it waits."""


@pytest.mark.parametrize("field", ["wait", "count"])
def test_a_value_cannot_be_changed(field: str) -> None:
    pause = Pause()
    with pytest.raises(ValidationError, match="frozen"):
        setattr(pause, field, pause.wait)
    assert pause == Pause()
    assert pause != Pause(count=4)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Pause.model_validate({"weight": 1})


def test_a_default_is_checked_like_any_value() -> None:
    class Wrong(Frozen):
        """A value whose default no declaration could have."""

        wait: Duration = timedelta(microseconds=5)

    with pytest.raises(ValidationError, match="unit-wrong"):
        Wrong()


class Break(Pause):
    """A value that says anew what one of its fields means."""

    wait: Duration = timedelta(minutes=9)
    """How long it waits
    at noon."""
    silent: int = 0


def test_the_text_under_a_field_describes_it_wherever_the_field_comes_from() -> None:
    assert field_meanings(Break) == {
        "wait": "How long it waits\nat noon.",
        "longest": "How long it waits at most.",
        "class_": "A field with a name of its own in files.",
        "count": "How often it waits.",
    }
    described = {name: shown.get("description") for name, shown in Break.model_json_schema()["properties"].items()}
    assert described["class"] == "A field with a name of its own in files."
    assert described["silent"] is None


def test_the_text_under_a_field_describes_it() -> None:
    assert field_meanings(Pause)["wait"] == "How long it waits."


def test_the_schema_has_default_durations_as_users_write_them() -> None:
    properties = Pause.model_json_schema()["properties"]
    defaults = {name: field["default"] for name, field in properties.items()}
    assert defaults == {"wait": "5m", "longest": None, "class": "400d", "count": 3}
