"""The way of one record as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from constructs_lib.operations.story.duration import duration_text

if TYPE_CHECKING:
    from rich.table import Table

    from constructs_lib.operations.story.step import Step
    from constructs_lib.operations.story.story import Story


def run_table(story: Story) -> Table:
    """Return the steps of a story with the time between them, oldest first."""
    from rich.table import Table
    from rich.text import Text

    title = f"{story.pipeline} {story.run_token}: {story.status} after {duration_text(story.duration_ms)}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for heading in ("at (UTC)", "after", "where", "what", "took", "said"):
        table.add_column(heading, overflow="fold")
    for step in story.steps:
        at = datetime.fromtimestamp(step.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
        after = "" if step.waited_ms is None else f"+{duration_text(step.waited_ms)}"
        took = duration_text(step.duration_ms) if step.duration_ms else ""
        style = "red" if step.failed else ""
        table.add_row(at, after, step.lane.value, Text(step.what, style), took, Text(_said(step)))
    return table


def _said(step: Step) -> str:
    shown = (
        "error_type",
        "error_message",
        "location",
        "by",
        "continues",
        "correlation_id",
        "function",
        "function_version",
    )
    told = [f"{name.replace('_', ' ')} {step.detail[name]}" for name in shown if name in step.detail]
    return ", ".join([step.run_id, *told])
