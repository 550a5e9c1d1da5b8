"""The rows of the synthesis: time by phase, governance on top, memory."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.child import Finished, run_python
from benchmarks.rounds import take_turns
from benchmarks.row import Row, Target, at_most, compared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

TOPIC = "synth"
PROGRAM = "benchmarks.synth.program"
TOTALS: dict[int, Target] = {1: at_most(1.0), 50: at_most(0.75)}
GOVERNANCE = at_most(0.05)
DECLARED, BY_HAND, RULES, PACKS = "declared", "by-hand", "rules", "packs"
Reports = list[dict[str, Finished]]


def measure(rounds: Mapping[int, int], governed: int) -> Iterable[Row]:
    """Yield the rows; ``rounds`` says how often each number of pipelines is synthesised by both sides.

    Governance is measured with ``governed`` pipelines, one of the numbers in ``rounds``.
    """
    for count, repeated in rounds.items():
        with TemporaryDirectory() as folder:
            given = Path(folder) / "given"
            run_python(["-m", "benchmarks.synth.given", str(given), str(count)])
            variants = {DECLARED: _variant(given, DECLARED), BY_HAND: _variant(given, BY_HAND)}
            if count == governed:
                variants |= {way: _variant(given, DECLARED, "--govern", way) for way in (RULES, PACKS)}
            reports = take_turns(variants, repeated)
            yield from _compared_rows(count, reports)
            yield _calls(given, count)
            if count == governed:
                yield from _governance_rows(count, reports)


def _variant(given: Path, written: str, *options: str) -> Callable[[], Finished]:
    return partial(_synthesise, given, written, *options)


def _synthesise(given: Path, written: str, *options: str) -> Finished:
    """Return one fresh process."""
    with TemporaryDirectory() as output:
        return run_python(["-m", PROGRAM, written, str(given), output, *options])


def _compared_rows(count: int, reports: Reports) -> Iterable[Row]:
    name = _pipelines(count)
    yield compared(TOPIC, f"{name}, import to cdk.out", "s", _pairs(reports, _total), TOTALS.get(count))
    for phase in ("import", "construct", "synth"):
        yield compared(TOPIC, f"{name}, of that {phase}", "s", _pairs(reports, partial(_phase, phase)))
    yield compared(TOPIC, f"{name}, CPU time with Node", "s", _pairs(reports, lambda finished: finished.cpu))
    memory = _pairs(reports, lambda finished: finished.report["peak_mb"])
    yield compared(TOPIC, f"{name}, peak memory with Node", "MB", memory)


def _pairs(reports: Reports, value: Callable[[Finished], float]) -> list[tuple[float, float]]:
    return [(value(report[DECLARED]), value(report[BY_HAND])) for report in reports]


def _calls(given: Path, count: int) -> Row:
    ours, peer = (_synthesise(given, written, "--count").report["kernel_calls"] for written in (DECLARED, BY_HAND))
    return Row(TOPIC, f"{_pipelines(count)}, calls into CDK's kernel", "count", ours, peer, ours / peer)


def _governance_rows(count: int, reports: Reports) -> Iterable[Row]:
    """Yield what governance adds, as a share of our synthesis without it.

    It is its own import and what ``synth`` takes longer; the other phases are the same and would only add their noise.
    """
    for way, name, target in ((RULES, "our own rules", GOVERNANCE), (PACKS, "our rules and cdk-nag's packs", None)):
        pairs = [(_governing(r[way]) - _governing(r[DECLARED]), _total(r[DECLARED])) for r in reports]
        yield Row(
            TOPIC,
            f"{_pipelines(count)}, {name} on top of our synthesis",
            "s",
            median(added for added, _ in pairs),
            median(plain for _, plain in pairs),
            median(added / plain for added, plain in pairs),
            target,
            tuple(pairs),
        )


def _governing(finished: Finished) -> float:
    return _phase("govern", finished) + _phase("synth", finished)


def _phase(name: str, finished: Finished) -> float:
    seconds: float = finished.report["phases"][name]
    return seconds


def _total(finished: Finished) -> float:
    phases: dict[str, float] = finished.report["phases"]
    return sum(phases.values())


def _pipelines(count: int) -> str:
    return f"{count} pipeline" if count == 1 else f"{count} pipelines"
