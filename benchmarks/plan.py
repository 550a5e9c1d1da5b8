"""How much is measured: the whole run within six minutes, the quick one within one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from benchmarks.row import Row

TOPICS = ("synth", "check", "runtime", "cold start", "fairness")


@dataclass(frozen=True)
class Effort:
    """Rounds of each benchmark, by the number of pipelines, declarations or records where there are several."""

    synth: Mapping[int, int]
    governed: int
    check: Mapping[int, int]
    runtime: Mapping[int, int]
    cold_start: int


FULL = Effort(synth={1: 7, 10: 5, 50: 5}, governed=10, check={1: 5, 10: 5}, runtime={10: 30, 100: 15}, cold_start=12)
QUICK = Effort(synth={1: 1}, governed=1, check={1: 1}, runtime={10: 5, 100: 2}, cold_start=2)


def measure(topic: str, effort: Effort) -> Iterable[Row]:
    """Yield the rows of one topic; each imports only what it needs."""
    if topic == "synth":
        from benchmarks.synth.measure import measure as synth

        return synth(effort.synth, effort.governed)
    if topic == "check":
        from benchmarks.check.measure import measure as check

        return check(effort.check)
    if topic == "runtime":
        from benchmarks.runtime.measure import measure as runtime

        return runtime(effort.runtime)
    if topic == "fairness":
        from benchmarks.fairness.measure import measure as fairness

        return fairness()
    from benchmarks.cold_start.measure import measure as cold_start

    return cold_start(effort.cold_start)
