"""One line of the table: what was measured, on both sides, and whether its target is met."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Unit = Literal["s", "ms", "MB", "count"]


@dataclass(frozen=True)
class Target:
    """The largest value that is good enough: of the ratio, or of our own side where the peer says nothing."""

    at_most: float
    text: str
    of: Literal["ratio", "ours"] = "ratio"


@dataclass(frozen=True)
class Row:
    """One measured quantity; ``ratio`` is ours divided by the peer's, below 1 where ours needs less."""

    topic: str
    what: str
    unit: Unit
    ours: float
    peer: float | None = None
    ratio: float | None = None
    target: Target | None = None
    samples: tuple[tuple[float, float], ...] = ()
    """Every pair (ours, peer) in the order of the rounds; empty where a single value is exact."""

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.target is None:
            return None
        value = self.ratio if self.target.of == "ratio" else self.ours
        return value is not None and value <= self.target.at_most

    def as_json(self) -> dict[str, Any]:
        """Return the row with its verdict as plain data."""
        return {**asdict(self), "met": self.met}


def at_most(limit: float, text: str = "") -> Target:
    """Return a target for the ratio; ``text`` is how people write it where decimals read badly."""
    return Target(limit, f"≤ {text or f'{limit:.2f}'}")


def no_more_than(limit: float) -> Target:
    """Return a target for our own value."""
    return Target(limit, f"≤ {limit:g}", of="ours")


def compared(
    topic: str, what: str, unit: Unit, pairs: Sequence[tuple[float, float]], target: Target | None = None
) -> Row:
    """Return the row of runs that took turns: the median of each side, and the median of the rounds' ratios."""
    return Row(
        topic=topic,
        what=what,
        unit=unit,
        ours=median(ours for ours, _ in pairs),
        peer=median(peer for _, peer in pairs),
        ratio=median(ours / peer for ours, peer in pairs),
        target=target,
        samples=tuple(pairs),
    )
