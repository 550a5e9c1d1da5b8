"""The rows of the cold start: wall time of a fresh process without that of an empty one, and modules imported."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.child import ROOT, Finished, run_python
from benchmarks.rounds import take_turns
from benchmarks.row import Row, at_most, compared, no_more_than
from benchmarks.runtime.deployed import function_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

TOPIC = "cold start"
PROGRAM = str(ROOT / "benchmarks" / "cold_start" / "program.py")
OURS, PEER, TRACED, EMPTY = "ours", "peer", "traced", "empty"
TIME = at_most(0.70)
MODULES = no_more_than(400)
LAMBDA = {
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
}
"""What Lambda sets beside the function's own variables."""


def measure(rounds: int) -> Iterable[Row]:
    """Yield the rows of so many rounds."""
    with TemporaryDirectory() as folder:
        plain, traced = (_environment(Path(folder), tracing=tracing) for tracing in (False, True))
        variants = {
            OURS: partial(_start, OURS, traced),
            PEER: partial(_start, PEER, plain),
            TRACED: partial(_start, PEER, traced),
            EMPTY: partial(_start, EMPTY, plain),
        }
        reports = take_turns(variants, rounds, warm_up=2)
    yield compared(TOPIC, "handler and clients, Powertools with tracing off", "ms", _pairs(reports, PEER), TIME)
    yield compared(TOPIC, "handler and clients, Powertools with tracing on", "ms", _pairs(reports, TRACED))
    ours, peer = (reports[0][name].report["modules"] - reports[0][EMPTY].report["modules"] for name in (OURS, PEER))
    yield Row(TOPIC, "modules imported by the cold start", "count", ours, peer, ours / peer, MODULES)


def _environment(folder: Path, *, tracing: bool) -> dict[str, str]:
    environment = function_environment(folder, tracing=tracing) | LAMBDA
    return environment | {"PYTHONPATH": f"{environment['PYTHONPATH']}:{ROOT}"}


def _start(side: str, environment: dict[str, str]) -> Finished:
    return run_python([PROGRAM, side], environment)


def _pairs(reports: list[dict[str, Finished]], peer: str) -> list[tuple[float, float]]:
    """Return milliseconds of both sides without what an empty process of the same round takes."""
    return [
        ((report[OURS].wall - report[EMPTY].wall) * 1000, (report[peer].wall - report[EMPTY].wall) * 1000)
        for report in reports
    ]
