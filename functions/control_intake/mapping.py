"""The event source mapping of one pipeline's buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import ClientError

from functions.control_intake.intake import Intake
from functions.runtime.aws_failures import error_code

if TYPE_CHECKING:
    from collections.abc import Callable

ENABLED = frozenset({"Enabled", "Enabling", "Creating"})
UPDATING = "Updating"
"""State of a mapping of which it cannot be told whether it is enabled (EventSourceMappingConfiguration, AWS Lambda API
reference)."""
BUSY = frozenset({"ResourceInUseException", "ResourceConflictException", "TooManyRequestsException"})
"""What Lambda says of a mapping that is being changed already (UpdateEventSourceMapping, AWS Lambda API reference)."""


class Mapping(Protocol):
    """What intake is set at. Methods raise what AWS calls raise."""

    def get(self) -> Intake | None:
        """Return what it is set to; None while that cannot be told, because a change is being made."""

    def set(self, intake: Intake) -> bool:
        """Set it; False while an earlier change is still being made."""


class LambdaMapping:
    """The mapping in Lambda."""

    def __init__(self, client: Callable[[], Any], mapping_id: str) -> None:
        """``client`` makes or returns the Lambda client."""
        self._client = client
        self._id = mapping_id

    def get(self) -> Intake | None:
        """Return what it is set to; None while that cannot be told, because a change is being made."""
        found = self._client().get_event_source_mapping(UUID=self._id)
        if found["State"] == UPDATING:
            return None
        concurrency = (found.get("ScalingConfig") or {}).get("MaximumConcurrency", 0)
        return Intake(enabled=found["State"] in ENABLED, concurrency=concurrency)

    def set(self, intake: Intake) -> bool:
        """Set it; False while an earlier change is still being made."""
        scaling = {"MaximumConcurrency": intake.concurrency}
        try:
            self._client().update_event_source_mapping(UUID=self._id, Enabled=intake.enabled, ScalingConfig=scaling)
        except ClientError as error:
            if error_code(error) in BUSY:
                return False
            raise
        return True
