"""A send: what is sent where, without a function."""

from __future__ import annotations

from tests.unit.workflow_states.made import UNDO, step, texts


def test_a_send_has_no_function_but_that_which_takes_it_back() -> None:
    assert step(type="send", output="events").code() == {}
    assert step(type="send", output="events", undo=UNDO).code().keys() == {"undo"}


def test_the_body_is_sent_unless_another_value_is_given() -> None:
    assert texts(step(type="send", output="events")) == {"value": "{% $record.body %}"}
    assert texts(step(type="send", output="events", value={"a": "{% 1 %}"})) == {"value": {"a": "{% 1 %}"}}
