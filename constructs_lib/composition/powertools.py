"""What Powertools reads in every function."""

from __future__ import annotations

from constructs_lib.model.functions import Variable
from functions.contract.metric import NAMESPACE


def powertools(function_name: str, log_level: str, *, tracing: bool) -> tuple[Variable, ...]:
    """Return the variables of one function."""
    return (
        Variable(name="POWERTOOLS_SERVICE_NAME", value=function_name),
        Variable(name="POWERTOOLS_METRICS_NAMESPACE", value=NAMESPACE),
        Variable(name="POWERTOOLS_LOG_LEVEL", value=log_level),
        Variable(name="POWERTOOLS_TRACE_DISABLED", value=str(not tracing).lower()),
    )
