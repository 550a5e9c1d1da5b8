"""The sample requests of a route that only reads: path, query and headers, and no body."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.samples.records import Sample, Samples
from constructs_lib.drills.samples.schema import made_of
from constructs_lib.drills.samples.vary import candidates
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import PARAMETERS_BROKEN, ContractBreak

if TYPE_CHECKING:
    from functions.runtime.settings import RunnerSettings


class ReadSamples(Samples):
    """Requests of one route; each that is sent is a run of its own, so no token is known before."""

    def __init__(
        self, settings: RunnerSettings, file: Path, parameters: tuple[str, ...] = (), claims: tuple[str, ...] = ()
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
                if not self._refused(self._question({"path": {**path, name: other}, "query": seed.query})):
                    path[name] = str(other)
                    break
        return self._question({"path": path, "query": seed.query, "headers": seed.attributes})

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

    def _question(self, request: Any) -> Sample:
        parts = request if isinstance(request, dict) else {}
        named = {
            part: {str(name): str(value) for name, value in (parts.get(part) or {}).items()}
            for part in ("path", "query", "headers")
        }
        path = {**self._parameters, **named["path"]}
        return Sample(None, path=path, attributes=named["headers"], claims=self._claims, query=named["query"])

    def _refused(self, sample: Sample) -> str:
        try:
            if self._check:
                self._check.check({"path": sample.path, "query": sample.query, "headers": sample.attributes})
        except ContractBreak as error:
            return str(error)
        return ""
