"""What a drill has found, as a report that a person reads."""

from __future__ import annotations

from dataclasses import dataclass, field

WIDTH = 9


class DrillFailure(Exception):  # noqa: N818 - a finding about a pipeline, not about the program
    """A promise that a pipeline or its handler does not keep."""

    def __init__(self, expected: str, found: str, way_out: str) -> None:
        """Keep the three parts of the finding."""
        super().__init__(f"{expected}; {found}")
        self.expected, self.found, self.way_out = expected, found, way_out


@dataclass
class Outcome:
    """One drill of one pipeline: what it took, and what was wrong; ``found`` is None when all is well."""

    pipeline: str
    drill: str
    seed: int
    calls: int = 0
    crashes: int = 0
    done: list[str] = field(default_factory=list)
    found: DrillFailure | None = None

    @property
    def replay(self) -> str:
        """The command that does the same again."""
        return f"pytest --pipeline {self.pipeline} --drill {self.drill} --drill-seed {self.seed}"

    def as_text(self, promise: str) -> str:
        """Return the report of a drill that found something."""
        rows = [("promise", promise), *(("done", step) for step in self.done)]
        if self.found:
            rows += [
                ("expected", self.found.expected),
                ("found", self.found.found),
                ("way out", self.found.way_out),
            ]
        rows += [("seed", str(self.seed)), ("replay", self.replay)]
        return "\n".join(f"  {name:<{WIDTH}} {text}" for name, text in rows)
