"""A task: its function, what takes it back, and what it may be."""

from __future__ import annotations

from constructs_lib.workflow_states.task import Task
from tests.unit.workflow_states.made import HANDLER, UNDO, step, texts


def test_a_task_has_its_own_function_at_the_empty_place_and_that_which_takes_it_back() -> None:
    task = step(type="task", handler=HANDLER, undo=UNDO)
    assert isinstance(task, Task)
    assert {place: code.function_id() for place, code in task.code().items()} == {
        "": "charge_card",
        "undo": "refund_card",
    }
    assert step(type="task", handler=HANDLER).code().keys() == {""}


def test_a_task_goes_on_and_leaves_a_result() -> None:
    task = step(type="task", handler=HANDLER)
    assert (task.falls_through(), task.has_result()) == (True, True)
    assert step(type="task", handler=HANDLER, end=True).falls_through() is False


def test_a_task_is_given_the_body_of_the_record_unless_it_says_otherwise() -> None:
    assert texts(step(type="task", handler=HANDLER)) == {"input": "{% $record.body %}"}
    given = texts(step(type="task", handler=HANDLER, input={"a": 1}, undo={**UNDO, "input": "{% $one %}"}))
    assert given == {"input": {"a": 1}, "undo.input": "{% $one %}"}


def test_a_catch_is_a_way_on() -> None:
    task = step(type="task", handler=HANDLER, catch=[{"errors": ["A"], "next": "b"}, {"errors": ["C"], "next": "d"}])
    assert list(task.jumps()) == [("catch[0].next", "b"), ("catch[1].next", "d")]


def test_retries_are_three_attempts_with_full_jitter_unless_they_are_stated() -> None:
    task = step(type="task", handler=HANDLER)
    assert isinstance(task, Task)
    assert (task.retry.max_attempts, task.retry.jitter, task.retry.errors) == (3, "full", ("States.ALL",))
