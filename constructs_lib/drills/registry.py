"""Every drill: one module each, found by name, with the sentence of what it promises and the function that tries it."""

from __future__ import annotations

import importlib
import io
import pkgutil
from contextlib import redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from constructs_lib.drills import exercises
from constructs_lib.drills.report import DrillFailure, Outcome
from constructs_lib.drills.scene import Scene
from constructs_lib.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs_lib.drills.scene import Effects
    from constructs_lib.drills.subject import Subject

NOT_OF_READS = "a read has no effect that could be lost or repeated"
APART = 10_000
"""Records that a drill may use before those of the next begin."""


@dataclass(frozen=True)
class Drill:
    """One drill; ``number`` keeps its records apart from those of others."""

    name: str
    promise: str
    number: int
    not_for: Mapping[str, str]
    """Why it makes no sense, by what is said of a ``Subject``."""
    only_for: Mapping[str, str]
    """Likewise, of what must be said of it."""
    _run: Callable[[Scene], None]

    def inapplicable(self, subject: Subject) -> str:
        """Return why a pipeline cannot be drilled so; empty when it can."""
        if subject.reads and "reads" not in self.only_for:
            return NOT_OF_READS
        lacking = [why for name, why in self.only_for.items() if not getattr(subject, name)]
        return next(iter([*lacking, *(why for name, why in self.not_for.items() if getattr(subject, name))]), "")

    def run(self, subject: Subject, seed: int, effects: Effects | None = None) -> Outcome:
        """Try it on a pipeline and return what came of it.

        Raises:
            UserError: the pipeline cannot be drilled: its handler cannot be imported, or it has no sample record.
        """
        outcome = Outcome(subject.name, self.name, seed)
        scene = Scene(subject, outcome, self.number * APART, effects)
        try:
            with redirect_stdout(io.StringIO()):
                self._run(scene)
        except DrillFailure as found:
            outcome.found = found
        scene.finish()
        return outcome


def drill_names() -> tuple[str, ...]:
    """Return the names of all drills, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(exercises.__path__)))


def drill(name: str) -> Drill:
    """Return one drill.

    Raises:
        UserError: ``drill-unknown``.
    """
    names = drill_names()
    if name not in names:
        raise UserError.of(
            "drill-unknown", "--drill", f"{name!r} is no drill", ", ".join(names), "name one of them, or none for all"
        )
    module = importlib.import_module(f"{exercises.__name__}.{name.replace('-', '_')}")
    promise = " ".join((module.__doc__ or "").partition("\n\n")[0].split())
    return Drill(
        name=name,
        promise=promise,
        number=names.index(name),
        not_for=getattr(module, "NOT_FOR", {}),
        only_for=getattr(module, "ONLY_FOR", {}),
        _run=module.run,
    )


def all_drills() -> tuple[Drill, ...]:
    """Return every drill in the order of the names."""
    return tuple(drill(name) for name in drill_names())
