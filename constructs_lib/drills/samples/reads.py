"""The sample requests of a route that only reads: path, query and headers, and no body."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.requests import QUERY_PREFIX
from constructs_lib.drills.samples.records import Sample, Samples
from constructs_lib.drills.samples.schema import made_of
from constructs_lib.drills.samples.vary import candidates
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import PARAMETERS_BROKEN, ContractBreak

if TYPE_CHECKING:
    from functions.runtime.settings import RunnerSettings


@dataclass(frozen=True)
class Question(Sample):
    """One request without a body; its headers are the sample's attributes."""

    body: Any = None
    query: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body that is not there."""
        return ""

    def message_attributes(self) -> dict[str, dict[str, Any]]:
        """Return what stands beside the body, as attributes of the message that the request waits in."""
        query = {f"{QUERY_PREFIX}{name}": value for name, value in self.query.items()}
        return {
            **super().message_attributes(),
            **{name: {"DataType": "String", "StringValue": value} for name, value in query.items()},
        }


class ReadSamples(Samples):
    """Requests of one route; each that is sent is a run of its own, so no token is known before."""

    def __init__(
        self, settings: RunnerSettings, file: Path, parameters: tuple[str, ...], claims: tuple[str, ...] = ()
    ) -> None:
        """Read or make the first requests; ``file`` holds objects with ``path``, ``query`` and ``headers``.

        Raises:
            UserError: ``sample-invalid`` or ``sample-unmakeable``.
        """
        self._settings, self._file = settings, file
        self._known = {}
        self._claims = {name: f"{name.replace('_', '-')}-1" for name in claims}
        self._parameters = {name: f"{name.replace('_', '-')}-1" for name in parameters}
        self._schema = settings.request.parameters
        self._check = ContractCheck.beside(self._schema, Path(), "request", PARAMETERS_BROKEN)
        self._seeds = [self._question(one) for one in self._bodies()]
        for seed in self._seeds:
            if why := self._refused(seed):
                raise self._unusable("sample-invalid", why)

    def record(self, number: int) -> Sample:
        """Return the request of this number; its path differs from that of others where the contract lets it."""
        seed = self._seeds[number % len(self._seeds)]
        path = dict(seed.path)
        for name, value in seed.path.items():
            for other in candidates(value, number):
                if not self._refused(self._question({"path": {**path, name: other}, "query": seed_query(seed)})):
                    path[name] = str(other)
                    break
        return self._question({"path": path, "query": seed_query(seed), "headers": seed.attributes})

    def known(self, number: int) -> tuple[Sample, str | None]:
        """Return the request of this number, which has no token before it is sent."""
        return self.record(number), None

    def _made(self) -> Any:
        if not self._schema:
            return {}
        schema = json.loads(Path(self._schema).read_text(encoding="utf-8"))
        for request in schema.get("examples", ()) if isinstance(schema, dict) else ():
            return request
        try:
            return made_of(schema)
        except ImportError as error:
            raise self._unusable("sample-unmakeable", f"the contract has a pattern, and {error}") from None

    def _question(self, request: Any) -> Question:
        parts = request if isinstance(request, dict) else {}
        named = {
            part: {str(name): str(value) for name, value in (parts.get(part) or {}).items()}
            for part in ("path", "query", "headers")
        }
        path = {**self._parameters, **named["path"]}
        return Question(path=path, attributes=named["headers"], claims=self._claims, query=named["query"])

    def _refused(self, sample: Sample) -> str:
        try:
            if self._check:
                self._check.check({"path": sample.path, "query": seed_query(sample), "headers": sample.attributes})
        except ContractBreak as error:
            return str(error)
        return ""


def seed_query(sample: Sample) -> dict[str, str]:
    """Return the query of a request."""
    return sample.query if isinstance(sample, Question) else {}
