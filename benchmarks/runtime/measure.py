"""The rows of the runtime: calls, write units, wall time and CPU time of one batch."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.child import ROOT, run_python
from benchmarks.row import Row, Target, at_most, compared, no_more_than
from benchmarks.runtime.deployed import function_environment
from constructs_lib.local.emulator import LOOPBACK, Emulator, aws_environment

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TOPIC = "runtime"
UNITS_PER_RECORD = 2
LATENCY = {"dynamodb": 4, "s3": 20}
"""Milliseconds of one call inside a region that the modelled time assumes; the emulator on loopback has none."""
CALLS = {10: 3, 100: 12}
WALL = {10: at_most(1 / 6, "1/6"), 100: at_most(1 / 10, "1/10")}
CPU = {10: at_most(1 / 8, "1/8"), 100: at_most(1 / 15, "1/15")}


def measure(rounds: Mapping[int, int]) -> Iterable[Row]:
    """Yield the rows; ``rounds`` says how many batches of each size both sides process."""
    for records, count in rounds.items():
        yield from _rows(records, run(records, count))


def run(records: int, rounds: int) -> dict[str, Any]:
    """Return the report of both handlers against an empty emulator of their own.

    Raises:
        UserError: the emulator is not installed or does not start.
        RuntimeError: a handler failed, or did not have the effect of one ledger entry and one landed line a record.
    """
    with TemporaryDirectory() as folder, Emulator(ROOT / ".envs" / "emulator") as emulator:
        endpoint = f"http://{LOOPBACK}:{emulator.port}"
        emulator.start(endpoint)
        environment = function_environment(Path(folder), tracing=False) | aws_environment(endpoint)
        return run_python(["-m", "benchmarks.runtime.program", str(records), str(rounds)], environment).report


def _rows(records: int, report: dict[str, Any]) -> Iterable[Row]:
    ours, peer = report["counted"]["ours"], report["counted"]["peer"]
    calls, peer_calls = (sum(side["calls"].values()) for side in (ours, peer))
    yield _exact(f"AWS calls per batch of {records}", calls, peer_calls, no_more_than(CALLS[records]))
    units, peer_units = (side["write_units"] / records for side in (ours, peer))
    yield _exact(f"write units per record, batch of {records}", units, peer_units, no_more_than(UNITS_PER_RECORD))
    for what, key, target in (("wall time", "wall", WALL), ("client CPU time", "cpu", CPU)):
        pairs = [(spent["ours"][key], spent["peer"][key]) for spent in report["rounds"]]
        yield compared(TOPIC, f"{what} of a batch of {records}", "ms", _milliseconds(pairs), target[records])
    modelled = [(_modelled(r["ours"], ours), _modelled(r["peer"], peer)) for r in report["rounds"]]
    latency = f"{LATENCY['dynamodb']} ms a DynamoDB, {LATENCY['s3']} ms an S3 call"
    yield compared(TOPIC, f"batch of {records}, modelled: client CPU and {latency}", "ms", modelled)


def _modelled(spent: dict[str, float], counted: dict[str, Any]) -> float:
    calls: dict[str, int] = counted["calls"]
    return spent["cpu"] * 1000 + sum(LATENCY[service] * count for service, count in calls.items())


def _exact(what: str, ours: float, peer: float, target: Target) -> Row:
    return Row(TOPIC, what, "count", ours, peer, ours / peer, target)


def _milliseconds(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(ours * 1000, peer * 1000) for ours, peer in pairs]
