"""A bad end."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts


def test_nothing_comes_after_a_bad_end() -> None:
    end = step(type="fail", error="Unpaid", cause="{% $error.cause %}")
    assert (end.falls_through(), end.has_result()) == (False, False)
    assert texts(end) == {"cause": "{% $error.cause %}"}
