"""The gate of a workflow in Step Functions: it is answered by its task token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from functions.contract.identity import canonical_json
from functions.contract.workflow import APPROVAL_REJECTED
from functions.runtime.aws_failures import error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OVER = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})
"""What Step Functions says of a gate that waits no more."""


class StepFunctionsGate:
    """Answers gates by their task tokens."""

    def __init__(self, client: Callable[[], Any]) -> None:
        """``client`` makes or returns the client of Step Functions."""
        self._client = client

    def open(self, callback: str, result: Mapping[str, Any]) -> None:
        """Let the run go on."""
        self._answer("send_task_success", taskToken=callback, output=canonical_json(dict(result)))

    def refuse(self, callback: str, cause: Mapping[str, Any]) -> None:
        """Let the step fail as ``ApprovalRejected``."""
        said = canonical_json(dict(cause))
        self._answer("send_task_failure", taskToken=callback, error=APPROVAL_REJECTED, cause=said)

    def _answer(self, operation: str, **told: str) -> None:
        try:
            getattr(self._client(), operation)(**told)
        except ClientError as error:
            if error_code(error) not in OVER:
                raise
