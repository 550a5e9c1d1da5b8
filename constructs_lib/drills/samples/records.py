"""The sample records of one pipeline: where they come from, and how one becomes many."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.sqs import Message
from constructs_lib.drills.requests import QUERY_PREFIX, request_event
from constructs_lib.drills.samples.schema import made_of
from constructs_lib.drills.samples.vary import candidates, found, path_of, replaced
from constructs_lib.drills.streams import stream_event
from constructs_lib.errors import UserError
from constructs_lib.model.samples import SampleRecord, plain
from functions.contract.message import CLAIM_PREFIX, PATH_PREFIX
from functions.runtime.contract_check import ContractCheck
from functions.runtime.errors import PARAMETERS_BROKEN, ContractBreak
from functions.runtime.groups.part import PartIdentity
from functions.runtime.readers import reader
from functions.runtime.record_identity import RecordIdentity

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.world import Envelope
    from functions.runtime.record import Record
    from functions.runtime.settings import RunnerSettings

GROUPS = 3
"""Groups among the records, where a source keeps their order."""
TENANTS = 3
"""Tenants among the records where a record names its own."""


@dataclass(frozen=True)
class Sample:
    """One record as its source sends it: a JSON body, path parameters and claims of a route, a message's attributes."""

    body: Any
    path: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, str] = field(default_factory=dict)
    claims: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    number: int = 0
    """What tells it from others where its source itself names its records."""

    @property
    def text(self) -> str:
        """The body as it is sent; a request without one has no text."""
        return "" if self.body is None else json.dumps(self.body, ensure_ascii=False)

    def sent(self, text: str | None = None) -> SampleRecord:
        """Return the record as it is handed to its source, in other words where a text is given."""
        prefixes = ((PATH_PREFIX, self.path), (CLAIM_PREFIX, self.claims), (QUERY_PREFIX, self.query))
        named = (*prefixes, ("", self.attributes))
        return SampleRecord(
            id=f"sample-{self.number}",
            number=self.number,
            text=self.text if text is None else text,
            attributes={f"{prefix}{name}": value for prefix, values in named for name, value in values.items()},
            group=f"group-{self.number % GROUPS}",
        )


class Samples:
    """Valid records of one pipeline; ``record(n)`` is the same in every run and has another run token for every n."""

    def __init__(
        self,
        settings: RunnerSettings,
        file: Path,
        parameters: tuple[str, ...] = (),
        claims: tuple[str, ...] = (),
        envelope: Envelope = plain,
        body: Callable[[], Any] = dict,
    ) -> None:
        """Read or make the first records; ``file`` may not exist, ``parameters`` and ``claims`` are those of the route.

        ``envelope`` and ``body`` are the source's: how it delivers a record, and what it sends where nothing says more.

        Raises:
            UserError: ``sample-invalid`` or ``sample-unmakeable``.
        """
        self._settings, self._envelope, self._body = settings, envelope, body
        self._asked = ContractCheck.beside(settings.request.parameters, Path(), "request", PARAMETERS_BROKEN)
        self._identity = RecordIdentity(settings)
        self._contract = ContractCheck.load(settings.contract, Path()) if settings.contract else None
        self._parts = PartIdentity(settings.pipeline, settings.fan_in) if settings.fan_in else None
        self._file = file
        self._known: dict[int, tuple[Sample, str]] = {}
        self._parameters = {name: f"{name.replace('_', '-')}-1" for name in parameters}
        self._claims = {name: f"{name.replace('_', '-')}-1" for name in claims}
        self._seeds = [self._completed(body) for body in self._bodies()]
        for seed in self._seeds:
            if why := self._refused(seed):
                raise self._unusable("sample-invalid", why)

    def record(self, number: int) -> Sample:
        """Return the record of this number.

        Raises:
            UserError: ``sample-unmakeable`` where no field of the key can be varied.
        """
        seed = self._seeds[number % len(self._seeds)]
        varied = self._varied(seed, number)
        if varied is None:
            raise self._unusable("sample-unmakeable", "no field of the idempotency key can take other values")
        return varied

    def known(self, number: int) -> tuple[Sample, str | None]:
        """Return the record of this number and its run token, made once."""
        if number not in self._known:
            sample = self.record(number)
            self._known[number] = sample, self.token(sample)
        return self._known[number]

    def token(self, sample: Sample) -> str:
        """Return the run token of a record; raises ``ContractBreak`` where it has none."""
        record = self._read(sample)
        tenant = self._identity.tenant(record)
        if self._parts is not None:
            self._parts.part(record, tenant)
        return self._identity.token(record)

    def _read(self, sample: Sample) -> Record:
        """Return the record that the runtime would read; raises what is wrong with its envelope."""
        sent = self._envelope(sample.sent())
        attributes = {name: {"DataType": "String", "StringValue": value} for name, value in sent.attributes.items()}
        message = Message("sample", sent.text, attributes).to_record()
        if self._settings.synchronous:
            record = reader("request", self._settings.source_options)(request_event(message))
        else:
            told = stream_event(message) if self._settings.streaming else message
            record = reader(self._settings.source, self._settings.source_options)(told)
        if record.fault:
            raise record.fault
        if record.dropped:
            raise ContractBreak(record.dropped, "body", "the source starts no run for it")
        return record

    @property
    def takes_anything(self) -> bool:
        """Whether any JSON is a record: no contract says what one is, and the source itself names it."""
        return self._contract is None and self._names_records

    @property
    def may_drift(self) -> bool:
        """Whether the contract lets a record have fields that it does not name."""
        bodies = (seed.body for seed in self._seeds)
        return all(self._accepts({**body, "drifted": 0}) for body in bodies if isinstance(body, dict))

    def _bodies(self) -> list[Any]:
        if self._file.is_file():
            try:
                read = json.loads(self._file.read_text(encoding="utf-8"))
            except ValueError as error:
                raise self._unusable("sample-invalid", f"not JSON: {error}") from None
            bodies = read if isinstance(read, list) else [read]
            if not bodies:
                raise self._unusable("sample-invalid", "an empty list")
            return bodies
        return [self._made()]

    def _made(self) -> Any:
        contract = self._settings.contract
        if contract is None or self._contract is None:
            return self._body()
        if not contract.file:
            return None
        schema = json.loads(Path(contract.file).read_text(encoding="utf-8"))
        for body in schema.get("examples", ()) if isinstance(schema, dict) else ():
            return body
        try:
            body = made_of(schema)
        except ImportError as error:
            raise self._unusable("sample-unmakeable", f"the contract has a pattern, and {error}") from None
        if self._accepts(body):
            return body
        raise self._unusable("sample-unmakeable", "the contract is beyond what is made without a sample")

    def _accepts(self, body: Any) -> bool:
        try:
            if self._contract:
                self._contract.check(body)
        except ContractBreak:
            return False
        return True

    def _completed(self, body: Any) -> Sample:
        """Add what the key and the tenant are read from and the record lacks; a body of the user's stays as it is."""
        sample = Sample(body, dict(self._parameters), claims=dict(self._claims))
        for expression in self._expressions():
            place = path_of(expression)
            if place and place[0] == "body" and self._file.is_file():
                continue
            if place and found(getattr(sample, place[0]), place[1]) in (None, ""):
                sample = _with(sample, place, "sample")
        return sample

    def _expressions(self) -> list[str]:
        """Return what is read of a record."""
        tenant = self._settings.tenant.key
        return list(dict.fromkeys([*self._settings.idempotency.key, *([tenant] if tenant else [])]))

    def _varied(self, seed: Sample, number: int) -> Sample | None:
        """Return the sample with other values in its key; the tenant's field has few, all other fields each its own."""
        varied = replace(seed, number=number)
        changed = self._names_records
        for expression in self._expressions():
            place = path_of(expression)
            if place is None:
                continue
            tenant = expression == self._settings.tenant.key and len(self._expressions()) > 1
            for value in candidates(found(getattr(seed, place[0]), place[1]), number % TENANTS if tenant else number):
                tried = _with(varied, place, value)
                if not self._refused(tried):
                    varied, changed = tried, changed or not tenant
                    break
        return varied if changed else self._varied_anywhere(varied, number)

    @cached_property
    def _names_records(self) -> bool:
        """Whether the source's own word for a record is part of its identity."""
        first, other = (replace(self._seeds[0], number=number) for number in range(2))
        return self.token(first) != self.token(other)

    def _varied_anywhere(self, seed: Sample, number: int) -> Sample | None:
        """The key is no plain path: vary every text of the body until the run token differs."""
        for name, value in seed.body.items() if isinstance(seed.body, dict) else ():
            for other in candidates(value, number + 1):
                tried = _with(seed, ("body", (name,)), other)
                if not self._refused(tried) and self.token(tried) != self.token(seed):
                    return tried
        return None

    def _refused(self, sample: Sample) -> str:
        try:
            record = self._read(sample)
            if self._contract:
                self._contract.check(record.body)
            if self._asked:
                self._asked.check({"path": sample.path, "query": sample.query, "headers": sample.attributes})
            self.token(sample)
        except ContractBreak as error:
            return str(error)
        return ""

    def _unusable(self, code: str, why: str) -> UserError:
        return UserError.of(
            code,
            f"pipeline {self._settings.pipeline}",
            why,
            "records that satisfy the contract and have an idempotency key and a tenant",
            f"write a JSON list of records as the source sends them to {self._file}",
        )


def _with(sample: Sample, place: tuple[str, tuple[str, ...]], value: Any) -> Sample:
    """Return the sample with another value; where the body names what its path names, both change."""
    part, names = place
    kept = value if part == "body" else str(value)
    changed = replace(sample, **{part: replaced(getattr(sample, part), names, kept)})
    named = found(sample.body, names)
    if part == "path" and named is not None and named == found(sample.path, names):
        return replace(changed, body=replaced(sample.body, names, kept))
    return changed
