"""A pipeline under drill: its runner and its sample records, made once for all drills."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.catalog import load_catalog
from constructs_lib.composition import plan_pipeline
from constructs_lib.declaration import load_pipeline
from constructs_lib.drills.given import Given
from constructs_lib.drills.planned import Planned, environment_of
from constructs_lib.drills.samples.reads import ReadSamples
from constructs_lib.drills.samples.records import Samples
from constructs_lib.errors import DeclarationError, Fault, UserError
from constructs_lib.model.samples import SampleRecord
from functions.contract.environment import Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.catalog.catalog import Catalog
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.event_source import EventSource
    from constructs_lib.model.plan import PipelinePlan

FOLDER = "pipelines"
"""Where declarations are searched by name."""
WITHOUT_BODY = ("GET", "DELETE")
SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class Subject:
    """One declaration, its plan for ``dev`` and everything that drills derive from them."""

    file: Path
    plan: PipelinePlan
    source: EventSource

    @classmethod
    def of(cls, file: Path, declaration: PipelineDeclaration, catalog: Catalog | None = None) -> Subject:
        """Return the pipeline of a declaration that stands in ``file``."""
        return cls(file, plan_pipeline(declaration, catalog=catalog), declaration.source)

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
            return cls.of(file, load_pipeline(file, catalog=given), given)
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
                return cls.of(candidate, declaration, given)
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
    def ticks(self) -> bool:
        """Whether its records are ticks of a schedule, not all of which are run."""
        return self.source.ticks() != "none"

    @property
    def ordered(self) -> bool:
        """Whether its source keeps the order of each lane."""
        return Variable.ORDERED in self.variables

    @property
    def filters(self) -> bool:
        """Whether its source's service sends what starts no run."""
        return bool(self.source.sample_unwanted())

    @property
    def enveloped(self) -> bool:
        """Whether its source's service puts an envelope around a record."""
        record = SampleRecord(id="probe", text='{"probe": 1}')
        return self.source.sample_envelope(record).text != record.text

    @property
    def bodiless(self) -> bool:
        """Whether its requests have no body."""
        return any(route.method in WITHOUT_BODY for route in self.plan.routes)

    @property
    def collects(self) -> bool:
        """Whether its records are parts of groups."""
        return any(variable.name == Variable.FAN_IN for variable in self.plan.function(self.plan.runner).environment)

    @property
    def variables(self) -> dict[str, str]:
        """The environment that the handler finds when it is deployed."""
        return environment_of(self.plan)

    @contextmanager
    def environment(self) -> Iterator[None]:
        """Let the process have the handler's environment for a while."""
        before = dict(os.environ)
        os.environ.update(self.variables)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    def prepare(self) -> None:
        """Import the handler and make the records, so that what is wrong with them is said first.

        Raises:
            UserError: what ``planned`` and ``samples`` raise.
        """
        self.samples.record(0)

    @cached_property
    def planned(self) -> Planned:
        """The runner; raises what ``Planned.of`` and ``Given.of`` raise."""
        return Planned.of(self.plan, self.source.sample_envelope, Given.of(self._samples / f"{self.name}.given.json"))

    @cached_property
    def samples(self) -> Samples:
        """The records; raises what ``Samples`` raises."""
        if self.reads:
            terms = self.sample_terms
            return ReadSamples(*(terms[name] for name in ("settings", "file", "parameters", "claims")))
        return Samples(**self.sample_terms)

    @property
    def sample_terms(self) -> dict[str, Any]:
        """What ``Samples`` makes records of."""
        parameters = tuple(name for route in self.plan.routes for name in re.findall(r"\{(\w+)\+?\}", route.path))
        claims = ("sub",) if any(route.auth == "jwt" for route in self.plan.routes) else ()
        return {
            "settings": self.planned.settings,
            "file": self._samples / f"{self.name}.json",
            "parameters": parameters,
            "claims": claims,
            "envelope": self.source.sample_envelope,
            "body": self.source.sample_body,
        }

    @property
    def _samples(self) -> Path:
        return self.file.parent / "samples"


def _unknown(name: str, known: list[str]) -> Fault:
    found = f"{name!r} is neither a file nor a pipeline of ./{FOLDER}"
    allowed = ", ".join(known) or "a declaration in YAML or JSON"
    fix = f"name a pipeline of ./{FOLDER}, or the file of its declaration"
    return Fault("pipeline-unknown", "--pipeline", found, allowed, fix)
