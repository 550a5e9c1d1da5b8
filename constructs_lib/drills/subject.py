"""A pipeline under drill: its runner and its sample records, made once for all drills."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.drills.planned import Planned, environment_of
from constructs_lib.drills.samples.reads import ReadSamples
from constructs_lib.drills.samples.records import Samples
from constructs_lib.errors import DeclarationError, Fault, UserError
from functions.contract.environment import Variable

if TYPE_CHECKING:
    from constructs_lib.model.plan import PipelinePlan

FOLDER = "pipelines"
"""Where declarations are searched by name."""
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Subject:
    """One declaration, its plan for ``dev`` and everything that drills derive from them."""

    file: Path
    plan: PipelinePlan

    @classmethod
    def named(cls, name_or_file: str, catalog: Path | None = None) -> Subject:
        """Return the pipeline of a file, or the one of this name among the declarations of ``./pipelines``.

        ``catalog`` is a file of sizes, dependencies and limits that stands in for the pinned one.

        A declaration that is faulty hides no other: its faults are told when the name is not found.

        Raises:
            UserError: the faults of the declaration, or ``pipeline-unknown``.
        """
        file, given = Path(name_or_file), load_catalog(path=catalog) if catalog else None
        if file.suffix in SUFFIXES:
            return cls(file, plan_pipeline(load_pipeline(file, catalog=given), catalog=given))
        known: list[str] = []
        faults: list[Fault] = []
        folder = Path(FOLDER)
        for candidate in sorted(folder.iterdir()) if folder.is_dir() else ():
            if candidate.suffix not in SUFFIXES:
                continue
            try:
                declaration = load_pipeline(candidate, catalog=given)
            except DeclarationError as error:
                faults += error.faults
                continue
            if declaration.pipeline == name_or_file:
                return cls(candidate, plan_pipeline(declaration, catalog=given))
            known.append(declaration.pipeline)
        raise UserError([_unknown(name_or_file, known), *faults])

    @property
    def name(self) -> str:
        """The pipeline's name."""
        return self.plan.pipeline

    @property
    def synchronous(self) -> bool:
        """Whether its handler answers requests, instead of working off a queue."""
        return not self.plan.mappings and not self.plan.streams

    @property
    def streams(self) -> bool:
        """Whether its records come from a stream."""
        return bool(self.plan.streams)

    @property
    def reads(self) -> bool:
        """Whether its requests change nothing."""
        return self.variables.get(Variable.MODE) == "read"

    @property
    def collects(self) -> bool:
        """Whether its records are parts of groups."""
        return any(variable.name == Variable.FAN_IN for variable in self.plan.function(self.plan.runner).environment)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that the handler finds when it is deployed."""
        return environment_of(self.plan)

    def prepare(self) -> None:
        """Import the handler and make the records, so that what is wrong with them is said first.

        Raises:
            UserError: what ``planned`` and ``samples`` raise.
        """
        self.samples.record(0)

    @cached_property
    def planned(self) -> Planned:
        """The runner; raises what ``Planned.of`` raises."""
        return Planned.of(self.plan)

    @cached_property
    def samples(self) -> Samples:
        """The records; raises what ``Samples`` raises."""
        parameters = tuple(name for route in self.plan.routes for name in re.findall(r"\{(\w+)\+?\}", route.path))
        claims = ("sub",) if any(route.auth == "jwt" for route in self.plan.routes) else ()
        file = self.file.parent / "samples" / f"{self.name}.json"
        kind = ReadSamples if self.reads else Samples
        return kind(self.planned.settings, file, parameters, claims)


def _unknown(name: str, known: list[str]) -> Fault:
    found = f"{name!r} is neither a file nor a pipeline of ./{FOLDER}"
    allowed = ", ".join(known) or "a declaration in YAML or JSON"
    fix = f"name a pipeline of ./{FOLDER}, or the file of its declaration"
    return Fault("pipeline-unknown", "--pipeline", found, allowed, fix)
