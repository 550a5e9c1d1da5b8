"""Links to CloudWatch Logs: what a function wrote about a run token in a span of time."""

from __future__ import annotations

from urllib.parse import quote

from constructs_lib.model.names import log_group_name

AROUND_MS = 60_000
"""How much earlier and later than an attempt a link looks: lines are written before and after it is measured."""
_CONSOLES = {"cn-": "console.amazonaws.cn", "us-gov-": "console.amazonaws-us-gov.com"}


def log_link(region: str, function: str, run_token: str, began: int, ended: int) -> str:
    """Return the console's page of a function's log group, filtered; times in milliseconds since 1970."""
    domain = next((host for start, host in _CONSOLES.items() if region.startswith(start)), "console.aws.amazon.com")
    group, pattern = _twice(log_group_name(function)), _twice(f'"{run_token}"')
    span = f"$26start$3D{began - AROUND_MS}$26end$3D{ended + AROUND_MS}"
    page = f"logsV2:log-groups/log-group/{group}/log-events$3FfilterPattern$3D{pattern}{span}"
    return f"https://{region}.{domain}/cloudwatch/home?region={region}#{page}"


def _twice(text: str) -> str:
    """The console reads what stands behind the # with $ for %, after it was quoted twice."""
    return quote(quote(text, safe=""), safe="").replace("%", "$")
