"""Who writes a random workflow: names, tasks, and how failures of a step are taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import strategies as st

from tests.drawn_workflows.script import path_of

HANDLER = "handlers.steps:work"
ERRORS = ("Busy", "Declined", "Permanent")
BELOW = "below"
"""The other pipeline, whose workflow a step may run."""

Draw = Any
Json = dict[str, Any]


@dataclass(frozen=True)
class Where:
    """Where a step stands: how deep, for which items, and which variables beside results it may read."""

    depth: int = 0
    items: tuple[tuple[int, ...], ...] = ((),)
    """Numbers of the items that come by."""
    words: tuple[str, ...] = ()

    def inside(self, items: tuple[tuple[int, ...], ...], *words: str) -> Where:
        """Return the place inside a map; without an item the steps are there, too."""
        kept = tuple(word for word in self.words if word not in ("item", "items", "index"))
        return Where(self.depth + 1, items or ((0,),), (*kept, *words))

    def deeper(self) -> Where:
        """Return the place inside a branch."""
        return replace(self, depth=self.depth + 1)


@dataclass
class Author:
    """Writes one workflow; ``names`` counts, ``paths`` are the functions that scripts may let fail, and how."""

    draw: Draw
    express: bool = False
    sure: bool = False
    """Whether every step is tried often enough and can be taken back, so that faults of AWS change no outcome."""
    alone: bool = False
    """Whether all that acts are functions of its own."""
    names: int = 0
    paths: dict[str, tuple[str | None, ...]] = field(default_factory=dict)

    def name(self, word: str) -> str:
        """Return a new name."""
        self.names += 1
        return f"{word}{self.names}"

    def one_of(self, *values: Any) -> Any:
        """Return one of the values."""
        return self.draw(st.sampled_from(values))

    def seldom(self, times: int = 4) -> bool:
        """Return true once in so many times."""
        return bool(self.draw(st.integers(1, times)) == times)

    def acts(self, name: str, where: Where, *errors: str | None) -> None:
        """Note what a script may let happen at a step; without errors what may happen to any function."""
        self.paths |= {path_of(name, numbers): (None, *(errors or ERRORS)) for numbers in where.items}

    def read(self, known: list[str], where: Where) -> str:
        """Return an expression of something that is known."""
        return f"{{% ${self.one_of('record.body.few', *known, *where.words)} %}}"

    def wait(self) -> Json:
        """Return a pause."""
        return {"type": "wait", "name": self.name("wait"), "duration": f"{self.one_of(1, 7, 60)}s"}

    def task(self, known: list[str], where: Where, **rest: Any) -> Json:
        """Return a task."""
        name = self.name("task")
        self.acts(name, where)
        return {"type": "task", "name": name, **self.code(known, where), **self.care(name, where), **rest}

    def code(self, known: list[str], where: Where) -> Json:
        """Return a function."""
        return {"handler": HANDLER, "timeout": "1m", "input": self.read(known, where)}

    def care(self, name: str, where: Where, *errors: str) -> Json:
        """Return how failures of a step are taken; ``errors`` are its own ones that may be tried again."""
        care: Json = {"retry": self.retry(*errors)}
        if self.seldom(5):
            care["critical"] = False
        if self.sure or self.seldom(3):
            care["undo"] = {"handler": HANDLER, "timeout": "1m", "retry": self.retry()}
            if not self.sure:
                self.acts(f"{name}_undo", where)
        return care

    def retry(self, *errors: str) -> Json:
        """Return how often a step is tried again."""
        told = {"backoff_rate": self.one_of(1.0, 2.0), "max_delay": "7s", "jitter": "none"}
        if self.sure:
            return {**told, "max_attempts": 12, "interval": "1s", "errors": ["States.ALL"]}
        named = self.one_of(["States.ALL"], ["Busy"], ["Busy", "Declined"], *([one] for one in errors))
        attempts = self.draw(st.integers(1, 3))
        return {**told, "max_attempts": attempts, "interval": f"{self.one_of(1, 5)}s", "errors": named}
