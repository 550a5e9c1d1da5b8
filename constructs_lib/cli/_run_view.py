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
        table.add_column(heading, overflow="fold", justify="right" if heading.startswith("at") else "left")
    day = ""
    for step in story.steps:
        date, _, at = datetime.fromtimestamp(step.at / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3].partition(" ")
        after = "" if step.waited_ms is None else f"+{duration_text(step.waited_ms)}"
        took = duration_text(step.duration_ms) if step.duration_ms else ""
        style = "red" if step.failed else ""
        shown = at if date == day else f"{date} {at}"
        table.add_row(shown, after, step.lane.value, Text(step.what, style), took, Text(_said(step)))
        day = date
    return table


def _said(step: Step) -> str:
    shown = ("error_type", "error_message", "location", "by", "continues", "correlation_id")
    told = [f"{name.replace('_', ' ')} {step.detail[name]}" for name in shown if name in step.detail]
    version = f" version {step.detail['function_version']}" if "function_version" in step.detail else ""
    function = [f"{step.detail['function']}{version}"] if "function" in step.detail else []
    return ", ".join([step.run_id, *told, *function])
