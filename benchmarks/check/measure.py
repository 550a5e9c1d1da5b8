"""The rows of the check: declarations to plans, as a share of our own synthesis of the same declarations."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.child import run_python
from benchmarks.rounds import take_turns
from benchmarks.row import Row, at_most, compared

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOPIC = "check"
TARGET = at_most(0.15)


def measure(rounds: Mapping[int, int]) -> Iterable[Row]:
    """Yield a row for each number of declarations; ``rounds`` says how often each is measured."""
    for count, repeated in rounds.items():
        with TemporaryDirectory() as folder:
            given = Path(folder)
            run_python(["-m", "benchmarks.synth.given", folder, str(count)])
            variants = {"check": partial(_check, given), "synth": partial(_synth, given)}
            reports = take_turns(variants, repeated)
        pairs = [(report["check"], report["synth"]) for report in reports]
        what = f"{count} declaration{'' if count == 1 else 's'}, load, validate and plan against our synthesis"
        yield compared(TOPIC, what, "s", pairs, TARGET)


def _check(given: Path) -> float:
    seconds: float = run_python(["-m", "benchmarks.check.program", str(given / "pipelines")]).report["seconds"]
    return seconds


def _synth(given: Path) -> float:
    with TemporaryDirectory() as output:
        arguments = ["-m", "benchmarks.synth.program", "declared", str(given), output]
        phases: dict[str, float] = run_python(arguments).report["phases"]
    return sum(phases.values())
