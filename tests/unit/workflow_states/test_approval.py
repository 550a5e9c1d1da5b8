"""An approval: a question, a time limit, and where its end leads."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.unit.workflow_states.made import step, texts


def test_the_message_may_be_computed() -> None:
    gate = step(type="approval", message={"order": "{% $record.body.order_id %}"}, timeout="2d")
    assert texts(gate) == {"message": {"order": "{% $record.body.order_id %}"}}
    assert gate.has_result()


def test_a_gate_without_a_time_limit_is_refused() -> None:
    with pytest.raises(ValidationError, match="timeout"):
        step(type="approval", message="release?")
