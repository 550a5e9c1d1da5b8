"""The rows of fairness: tenants that take turns, against the same records in the order of their arrival."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.child import run_python
from benchmarks.row import Row, at_most

if TYPE_CHECKING:
    from collections.abc import Iterable

    from benchmarks.row import Target

TOPIC = "fairness"
SHARE, ARRIVAL = 25, 100
"""Percent of a batch that one tenant may have: the default, and what holds nobody back."""
TARGETS = {"p95": at_most(1 / 3, "1/3"), "all": at_most(1.25)}
TOLD = {
    "p95": "wait of quiet tenants, 95th percentile",
    "longest": "wait of quiet tenants, longest",
    "all": "time until everything is done",
}


def measure() -> Iterable[Row]:
    """Yield a row for each figure; the clock counts what handling takes, so that one run of each side is exact."""
    ours, peer = _waits(SHARE), _waits(ARRIVAL)
    for scene in ours:
        for figure, what in TOLD.items():
            mine, theirs = ours[scene][figure], peer[scene][figure]
            yield _row(f"{what}; the noisy one sends {scene}", mine, theirs, TARGETS.get(figure))


def _row(what: str, ours: float, peer: float, target: Target | None) -> Row:
    return Row(topic=TOPIC, what=what, unit="s", ours=ours, peer=peer, ratio=ours / peer, target=target)


def _waits(share: int) -> dict[str, dict[str, float]]:
    waits: dict[str, dict[str, float]] = run_python(["-m", "benchmarks.fairness.program", str(share)]).report
    return waits
