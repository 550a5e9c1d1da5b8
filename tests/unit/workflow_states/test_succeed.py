"""A good end."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts


def test_nothing_comes_after_a_good_end() -> None:
    end = step(type="succeed", output={"paid": "{% $charge %}"})
    assert (end.falls_through(), end.has_result()) == (False, False)
    assert texts(end) == {"output": {"paid": "{% $charge %}"}}
