"""The raw output: one immutable object of newline-delimited JSON per flush, with every record as it was received."""

from __future__ import annotations

import re
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json
from functions.contract.raw import NDJSON, PARQUET_FORM, location, raw_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.failure import Failure, of_platform
from functions.runtime.objects import NdjsonObject
from functions.runtime.outputs.kind import Landed
from functions.runtime.wire_text import to_wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.contract.environment import OutputSettings
    from functions.runtime.flush import Flush
    from functions.runtime.objects import ObjectStore, Storable
    from functions.runtime.services import Services

LINE_BREAKS = re.compile(r"[\r\n]+")
"""Between JSON tokens a line break is white space; inside a JSON string there is none."""


class RawDraft:
    """The lines that one run has put."""

    def __init__(self, text: str, argument: Any) -> None:
        """``argument`` stands for the record as received: putting it lands ``text``, token for token."""
        self._text = text
        self._argument = argument
        self._closed = False
        self.lines: list[bytes] = []

    def put(self, value: Any) -> None:
        """Keep one value: the received text when it is what the handler was given, else its canonical JSON.

        Raises:
            TypeError, ValueError: the value cannot be written as JSON.
            RuntimeError: the run has ended; the value would land with a record that it does not belong to, or nowhere.
        """
        if self._closed:
            raise RuntimeError("this run has ended: put before the handler returns")
        text = LINE_BREAKS.sub(" ", self._text) if value is self._argument else canonical_json(plain(value))
        self.lines.append(to_wire(text))

    def close(self) -> None:
        """Take no more values."""
        self._closed = True


class RawOutput:
    """The Raw Stage of one pipeline."""

    def __init__(self, settings: OutputSettings, objects: ObjectStore) -> None:
        """``settings.target`` is the bucket."""
        self._bucket = settings.target
        self._form = str(settings.options.get("form", ""))
        self._objects = objects

    def draft(self, text: str, argument: Any, token: str) -> RawDraft:  # noqa: ARG002
        """Return an empty draft."""
        return RawDraft(text, argument)

    def land(self, drafts: Sequence[tuple[str, RawDraft]], flush: Flush) -> list[Landed | Failure]:
        """Write one object, or one for each tenant where tenants are kept apart; empty drafts write nothing."""
        results: list[Landed | Failure] = [Landed(None)] * len(drafts)
        groups: dict[str | None, list[int]] = {}
        for index, (tenant, draft) in enumerate(drafts):
            if draft.lines:
                groups.setdefault(flush.tenant_partition(tenant), []).append(index)
        for tenant_part, members in groups.items():
            for index, result in zip(
                members, self._write(tenant_part, [drafts[i][1] for i in members], flush), strict=True
            ):
                results[index] = result
        return results

    def _write(self, tenant: str | None, drafts: list[RawDraft], flush: Flush) -> list[Landed | Failure]:
        key = raw_key(flush.settings.pipeline, flush.load_date, flush.id, tenant, self._form or NDJSON)
        lines = tuple(line for draft in drafts for line in draft.lines)
        try:
            self._objects.put(self._object(key, lines, flush))
        except AWS_FAILURES as error:
            return [of_platform("landing", error_code(error))] * len(drafts)
        places: list[Landed | Failure] = []
        first = 1
        for draft in drafts:
            places.append(Landed(location(self._bucket, key, first, len(draft.lines))))
            first += len(draft.lines)
        return places

    def _object(self, key: str, lines: tuple[bytes, ...], flush: Flush) -> Storable:
        metadata = flush.metadata(len(lines))
        if not self._form:
            return NdjsonObject(self._bucket, key, lines, metadata)
        from functions.runtime.outputs.raw_forms import WholeObject, compressed, parquet

        body, kind = parquet(lines, flush.schema) if self._form == PARQUET_FORM else compressed(lines)
        return WholeObject(self._bucket, key, body, metadata, kind)


def make(settings: OutputSettings, services: Services) -> RawOutput:
    """Return the Raw Stage of a pipeline."""
    return RawOutput(settings, services.objects)


def plain(value: Any) -> Any:
    """Return a model or a dataclass as plain values; anything else as it is."""
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value
