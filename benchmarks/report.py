"""The table of a run: on the screen, as Markdown and as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from rich.table import Table

    from benchmarks.row import Row

COLUMNS = ("", "what", "ours", "peer", "ratio", "target", "")
HEADINGS = {
    "synth": "Synthesis: declared pipelines against the same resources written by hand with L2 constructs in Python",
    "check": "Check: declarations against our own synthesis of them",
    "runtime": "Run time: one batch of SQS records, our runner against Powertools' batch and idempotency",
    "cold start": "Cold start: our handler against the same on Powertools, in fresh processes",
    "fairness": "Fairness: how long tenants wait beside a noisy one, in turns against the order of arrival",
}
NOTES = """\
Both sides took turns in one run on one machine; ours, peer and ratio are medians, a ratio below 1 means that ours needs
less. Every synthesis and cold start is a fresh process. CDK's built-in validation is off on both sides; bundles were
built before. Time covers everything from the first import on, for declarations with reading and checking them.
AWS is the embedded emulator on loopback, so wall times hold its own work too. Calls are counted by botocore's events;
write units are computed from the sizes of the items written, one for each 1,024 bytes begun. Fairness is
simulated: one worker, 0.1 s a record and 0.02 s an invocation by the clock of the AWS in memory, batches of ten, 1,000
records of one tenant and 100 of ten others; the runtime is the real one.
"""


def table(rows: Sequence[Row], title: str = "") -> Table:
    """Return the rows as a table for the screen."""
    from rich.table import Table

    made = Table(title=title or None)
    for column in COLUMNS:
        made.add_column(column, justify="right" if column in ("ours", "peer", "ratio", "target") else "left")
    for row in rows:
        style = {True: "green", False: "red", None: ""}[row.met]
        made.add_row(row.topic, *cells(row), style=style)
    return made


def cells(row: Row) -> tuple[str, ...]:
    """Return what, ours, peer, ratio, target and the verdict as text."""
    return (
        row.what,
        quantity(row.ours, row.unit),
        "–" if row.peer is None else quantity(row.peer, row.unit),
        "–" if row.ratio is None else _ratio(row.ratio),
        row.target.text if row.target else "–",
        {True: "met", False: "missed", None: ""}[row.met],
    )


def quantity(value: float, unit: str) -> str:
    """Return a value with its unit; counts have none."""
    if unit == "count":
        return f"{value:,.4g}" if value < 1000 else f"{value:,.0f}"
    return f"{value:.2f} s" if unit == "s" else f"{value:.1f} {unit}"


def markdown(rows: Sequence[Row], machine: dict[str, str]) -> str:
    """Return the run as a page: one table for each topic, how it was measured, and how to repeat it."""
    parts = ["# Benchmarks", "Repeat it with `make bench`; `make bench ARGS=--quick` takes under a minute.", NOTES]
    judged = [row for row in rows if row.met is not None]
    parts += [f"## Targets: {sum(row.met is True for row in judged)} of {len(judged)} met", _tabular(judged)]
    for topic in dict.fromkeys(row.topic for row in rows):
        parts += [f"## {HEADINGS[topic]}", _tabular([row for row in rows if row.topic == topic])]
    parts += ["## Machine", "\n".join(f"- {name}: {value}" for name, value in machine.items())]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _tabular(rows: Sequence[Row]) -> str:
    lines = ["| | what | ours | peer | ratio | target | |", "|---|---|---:|---:|---:|---:|---|"]
    return "\n".join([*lines, *("| " + " | ".join((row.topic, *cells(row))) + " |" for row in rows)])


def save(rows: Sequence[Row], machine: dict[str, str], folder: Path) -> None:
    """Write ``results.json`` with every sample, and ``results.md``."""
    content = {"machine": machine, "rows": [row.as_json() for row in rows]}
    (folder / "results.json").write_text(json.dumps(content, indent=1) + "\n")
    (folder / "results.md").write_text(markdown(rows, machine))


def _ratio(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.2f}"
