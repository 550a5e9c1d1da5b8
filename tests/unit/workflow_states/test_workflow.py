"""A workflow inside a workflow: another pipeline, its input and its time limit."""

from __future__ import annotations

from tests.unit.workflow_states.made import step, texts


def test_another_pipeline_is_given_the_body_unless_something_else_is_said() -> None:
    inner = step(type="workflow", pipeline="invoices", timeout="1h")
    assert texts(inner) == {"input": "{% $record.body %}"}
    assert (inner.has_result(), inner.code()) == (True, {})
