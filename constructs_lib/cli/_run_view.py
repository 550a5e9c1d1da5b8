"""The way of one record as a table."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from constructs_lib.operations.story.duration import duration_text

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text
    from rich.tree import Tree

    from constructs_lib.operations.story.step import Step
    from constructs_lib.operations.story.story import Story
    from constructs_lib.operations.story.tree import Node

MOST_INSIDE = 100
"""Nodes that are shown inside one; ``--json`` has all."""
_STYLES = {"failed": "red", "dead_lettered": "red", "warned": "yellow", "undone": "magenta", "succeeded": "green"}


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


def run_tree(story: Story) -> Tree:
    """Return the steps or workers of a story, each with its attempts and what is inside it."""
    from rich.tree import Tree

    tree = Tree("steps")
    _grow(tree, story.tree)
    return tree


def _grow(tree: Tree, nodes: tuple[Node, ...]) -> None:
    from rich.text import Text

    for node in nodes[:MOST_INSIDE]:
        branch = tree.add(_node_text(node))
        for attempt in node.attempts:
            if len(node.attempts) > 1 or attempt.error_type or attempt.error_message:
                took = f" after {duration_text(attempt.duration_ms)}" if attempt.duration_ms else ""
                error = " ".join(word for word in (attempt.error_type, attempt.error_message) if word)
                branch.add(Text(f"{attempt.run_id} {attempt.status}{took}{': ' if error else ''}{error}", "dim"))
        _grow(branch, node.children)
    if len(nodes) > MOST_INSIDE:
        tree.add(Text(f"… and {len(nodes) - MOST_INSIDE} more; --json has all", "dim"))


def _node_text(node: Node) -> Text:
    from rich.text import Text

    began = datetime.fromtimestamp(node.began / 1000, UTC).strftime("%H:%M:%S.%f")[:-3]
    text = Text(f"{node.name}  ")
    text.append(node.status.replace("_", " "), _STYLES.get(node.status, ""))
    return text.append(f"  {began}, {duration_text(node.ended - node.began)}")
