"""What the doors of a pipeline write of each request: the log line of the verifying function, and the access log."""

from __future__ import annotations

ANSWERED = "webhook answered"
"""Message of the verifying function's log line, one for each request."""
STATUS = "status"
"""Status code of the answer, a number in the log line and a text in the access log."""
REQUEST_ID = "request_id"
"""The gateway's id of the request, in the log line."""
MESSAGE_ID = "message_id"
"""Id of the message that an accepted request became, in the log line; absent where nothing was queued."""
ACCESS_REQUEST_ID = "requestId"
"""The gateway's id of the request, in the access log."""
ROUTE = "routeKey"
"""Method and path of the route, in the access log."""
ACCEPTED = 202


def access_log_group(api_name: str) -> str:
    """Return the log group of an API's access log; below this prefix log delivery needs no policy of its own."""
    return f"/aws/vendedlogs/{api_name}"
