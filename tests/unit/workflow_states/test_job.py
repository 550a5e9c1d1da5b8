"""A job: one function starts it, another asks for it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.unit.workflow_states.made import HANDLER, UNDO, step


def test_a_job_has_two_functions_and_one_that_takes_it_back() -> None:
    job = step(type="job", start={"handler": HANDLER}, check={"handler": HANDLER}, timeout="1h", undo=UNDO)
    assert job.code().keys() == {"start", "check", "undo"}
    assert {place for place, _ in job.templates()} == {"start.input", "check.input", "undo.input"}


def test_a_job_without_a_time_limit_is_refused() -> None:
    with pytest.raises(ValidationError, match="timeout"):
        step(type="job", start={"handler": HANDLER}, check={"handler": HANDLER})
