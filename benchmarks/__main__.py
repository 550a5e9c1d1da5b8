"""``python -m benchmarks``: measure everything, print the table, and keep it beside this file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from benchmarks.machine import describe
from benchmarks.plan import FULL, QUICK, TOPICS, measure
from benchmarks.report import save, table
from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.row import Row


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks; a target that is missed is shown and is not an error."""
    options = _options(arguments)
    console = Console(width=None if sys.stdout.isatty() else 140)
    machine = describe()
    rows: list[Row] = []
    try:
        for topic in options.only or TOPICS:
            with console.status(f"measuring: {topic}"):
                found = list(measure(topic, QUICK if options.quick else FULL))
            console.print(table(found))
            rows += found
    except UserError as error:
        console.print(str(error), style="red")
        return 1
    _conclude(rows, console)
    if options.output:
        save(rows, machine, options.output)
        console.print(f"written: {options.output / 'results.json'}, {options.output / 'results.md'}")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, for a look; nothing is kept unless asked")
    parser.add_argument("--only", action="append", choices=TOPICS, help="one topic; may be given several times")
    parser.add_argument("--output", type=Path, help="folder for results.json and results.md")
    options = parser.parse_args(arguments)
    if options.output is None and not options.quick and not options.only:
        options.output = Path(__file__).parent
    return options


def _conclude(rows: list[Row], console: Console) -> None:
    judged = [row for row in rows if row.met is not None]
    missed = [row for row in judged if not row.met]
    console.print(f"{len(judged) - len(missed)} of {len(judged)} targets met")
    for row in missed:
        console.print(f"  missed: {row.topic}, {row.what}", style="red")


if __name__ == "__main__":
    sys.exit(main())
