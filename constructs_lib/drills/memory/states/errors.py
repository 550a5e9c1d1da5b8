"""Errors by the names that Amazon States Language has for them, and which names a retrier or catcher means by them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ALL = "States.ALL"
TASK_FAILED = "States.TaskFailed"
TIMEOUT = "States.Timeout"
HEARTBEAT_TIMEOUT = "States.HeartbeatTimeout"
DATA_LIMIT_EXCEEDED = "States.DataLimitExceeded"
RUNTIME = "States.Runtime"
QUERY_EVALUATION_ERROR = "States.QueryEvaluationError"
NO_CHOICE_MATCHED = "States.NoChoiceMatched"
EXCEED_TOLERATED = "States.ExceedToleratedFailureThreshold"
ITEM_READER_FAILED = "States.ItemReaderFailed"
RESULT_WRITER_FAILED = "States.ResultWriterFailed"
TERMINAL = (DATA_LIMIT_EXCEEDED, RUNTIME)
"""What no wildcard means."""


class StateError(Exception):
    """A state has failed; ``error`` is the name that retriers and catchers go by."""

    def __init__(self, error: str, cause: str = "") -> None:
        """``cause`` is what people read."""
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def output(self) -> dict[str, str]:
        """Return what ``$states.errorOutput`` is."""
        return {"Error": self.error, "Cause": self.cause}


class DefinitionError(ValueError):
    """A definition that CreateStateMachine refuses."""


def means(names: Iterable[str], error: str) -> bool:
    """Return whether one of the names of ``ErrorEquals`` stands for an error."""
    return any(_means(name, error) for name in names)


def _means(name: str, error: str) -> bool:
    if name == error:
        return error != RUNTIME
    if error in TERMINAL:
        return False
    if name == TASK_FAILED:
        return error != TIMEOUT
    return name == ALL or (name == TIMEOUT and error == HEARTBEAT_TIMEOUT)
