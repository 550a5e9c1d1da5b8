"""What a pipeline tells about itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field

from constructs_lib.model.base import Frozen
from constructs_lib.model.units import Duration, Switch

RunbookUrl = Annotated[str, Field(pattern=r"^https?://[^\s]+$", max_length=600)]
"""With the owner's address and the meaning it fills the description of an alarm: at most 1,024 characters.

Source: PutMetricAlarm, CloudWatch API reference.
"""


class Observability(Frozen):
    """Logs, traces, alarms and the dashboard of a pipeline."""

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """Lowest level that is written."""
    log_retention: Duration = timedelta(days=90)
    """How long log lines are kept; a number of days that CloudWatch Logs offers."""
    tracing: Switch = True
    """Whether functions write X-Ray traces."""
    dashboard: Switch = True
    """Whether the pipeline has a dashboard."""
    alarms: Switch = True
    """Whether the pipeline has alarms."""
    expect_run_within: Duration | None = None
    """Alarm when nothing has landed for so long, in whole hours from 1h to 7d; the tenant must be a fixed one."""
    runbook: RunbookUrl | None = None
    """Page that says what to do when an alarm goes off; every alarm names it."""
