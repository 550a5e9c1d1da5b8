"""A wait: what it may compute, and that it leaves nothing."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts


def test_a_wait_goes_on_and_has_no_result() -> None:
    wait = step(type="wait", duration="5m")
    assert (wait.falls_through(), wait.has_result(), wait.code()) == (True, False, {})


def test_seconds_and_time_may_be_computed() -> None:
    assert texts(step(type="wait", seconds="{% 5 %}")) == {"seconds": "{% 5 %}"}
    assert texts(step(type="wait", until="{% $now() %}")) == {"until": "{% $now() %}"}
