"""What a pipeline's door wrote of each request that it took, read from its log group."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.model.names import log_group_name
from constructs_lib.operations.reconcile.evidence import Accepted
from constructs_lib.operations.window import stamp
from functions.contract.door import ACCEPTED, ACCESS_REQUEST_ID, ANSWERED, MESSAGE_ID, ROUTE, STATUS, access_log_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_logs import CloudWatchLogsClient

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.window import Window


@dataclass(frozen=True)
class Door:
    """One log group, and whether its lines name requests (the access log) or messages (the verifying function)."""

    log_group: str
    names_requests: bool
    route: str = ""
    """The route whose requests count, in an access log: an API may have others, and answers preflights."""

    @classmethod
    def of(cls, plan: PipelinePlan) -> Door | None:
        """Return the door of a pipeline's route; None where others send to its queue and nobody writes it down."""
        for route in plan.routes:
            if route.function is not None:
                return cls(log_group_name(plan.function(route.function).name), names_requests=False)
            key = f"{route.method} {route.path}"
            return cls(access_log_group(route.api_name), names_requests=True, route=key)
        return None

    @property
    def pattern(self) -> str:
        """The filter that CloudWatch Logs applies before it sends lines."""
        if self.names_requests:
            return f'{{ $.{STATUS} = "2*" && $.{ROUTE} = "{self.route}" }}'
        return f'{{ $.message = "{ANSWERED}" && $.{STATUS} = {ACCEPTED} }}'

    def accepted_by(self, line: Mapping[str, Any], at: str) -> Accepted | None:
        """Return what a line says was accepted; a repeated request was accepted before and is no message."""
        if self.names_requests:
            taken = str(line.get(STATUS, "")).startswith("2") and line.get(ROUTE) == self.route
            return Accepted(str(line[ACCESS_REQUEST_ID]), at, is_request=True) if taken else None
        taken = line.get("message") == ANSWERED and line.get(STATUS) == ACCEPTED
        return Accepted(str(line[MESSAGE_ID]), at) if taken and line.get(MESSAGE_ID) else None


def accepted_at(door: Door, logs: CloudWatchLogsClient, window: Window) -> Iterator[Accepted]:
    """Yield what a door accepted in a window; one call for each page of matching lines."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=door.log_group,
        startTime=int(window.since.timestamp() * 1000),
        endTime=int(window.until.timestamp() * 1000) - 1,
        filterPattern=door.pattern,
    )
    for event in (event for page in pages for event in page["events"]):
        line = _told(event["message"])
        at = stamp(datetime.fromtimestamp(event["timestamp"] / 1000, UTC))
        one = door.accepted_by(line, at) if line else None
        if one is not None:
            yield one


def _told(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
