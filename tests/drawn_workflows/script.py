"""What the functions of a workflow do in one run: how each call ends, and how long it takes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SECONDS_AT_MOST = 0.9
SHORTEST_ANSWER, LONGEST_ANSWER = 2, 40
SILENCE = "Silence"
"""In the place of an error: nobody answers."""
PENDING = "Pending"
"""In the place of an error: outside work goes on."""


def path_of(name: str, items: tuple[int, ...] | list[int], visit: int = 0) -> str:
    """Return a function's step in one word: ``resize[3]``, ``poll@2``."""
    return name + "".join(f"[{item}]" for item in items) + (f"@{visit}" if visit else "")


def seconds_of(path: str) -> float:
    """Return how long a call takes; no two steps take equally long, so that nothing ends at the same moment."""
    return SECONDS_AT_MOST * (1 + int.from_bytes(hashlib.sha256(path.encode()).digest()[:6], "big")) / 2**48


def answer_after(path: str) -> float:
    """Return how long somebody outside takes to answer, from the call on."""
    return SHORTEST_ANSWER + (LONGEST_ANSWER - SHORTEST_ANSWER) * seconds_of(f"answer of {path}") / SECONDS_AT_MOST


@dataclass
class Script:
    """Errors of the calls of each step, in their order; None and every later call is a success."""

    errors: Mapping[str, tuple[str | None, ...]]
    calls: Counter[str] = field(default_factory=Counter)

    def call(self, path: str) -> tuple[str | None, int]:
        """Return how the next call of a step ends: an error, or the number of the call as its result."""
        found = self.next(path)
        self.calls[path] += 1
        return found

    def next(self, path: str) -> tuple[str | None, int]:
        """Return the same, of a call that does not count yet."""
        number, told = self.calls[path], self.errors.get(path, ())
        return (told[number] if number < len(told) else None), number + 1


@dataclass(frozen=True)
class Effect:
    """One call of a function; ``at`` in seconds since the run began."""

    at: float
    path: str
    input: Any
    kept: str = field(default="", compare=False)
    """The visit whose result is given again from now on; empty where none is."""
    forgot: dict[str, int] = field(default_factory=dict, compare=False)
    """Results that are not given again from now on, because what they stand for was taken back."""
