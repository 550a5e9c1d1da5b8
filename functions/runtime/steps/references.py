"""Large values of a run in S3: in a state there is a reference, and its hash is checked whenever it is followed.

Data that looks like a reference itself is escaped: ``{"$ref": {"value": …}}`` stands for ``{"$ref": …}``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from functions.contract.identity import canonical_json, text_hash
from functions.contract.workflow import REFERENCE, REFERENCE_BYTES, VALUES_PREFIX, Reference, value_key
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.runtime.errors import ContractBreak

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from functions.runtime.objects import ObjectStore

ESCAPED = "value"
FORMS = (frozenset({ESCAPED}), frozenset({"key", "sha256", "bytes"}))
"""Fields of what stands below ``$ref``: an escaped value, or a reference."""
MOST_APART = 8
"""Parts of one object or list that become references of their own; where that does not do, it is one as a whole."""
GONE = frozenset({"NoSuchKey", "NoSuchVersion", "404"})


@dataclass(frozen=True)
class ValueObject:
    """One large value as it is written."""

    bucket: str
    key: str
    body: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"


class Values:
    """The large values of one pipeline's runs."""

    def __init__(self, objects: ObjectStore, bucket: str, pipeline: str) -> None:
        """``bucket`` is that of the Raw Stage."""
        self._objects = objects
        self._bucket = bucket
        self._pipeline = pipeline

    def shrunk(self, value: Any, run_token: str, limit: int) -> Any:
        """Return ``value`` as it stands in a state: at most ``limit`` bytes of JSON, its largest parts by reference.

        Raises:
            TypeError, ValueError: the value is no JSON.
            BotoCoreError, ClientError: a part could not be written.
        """
        return self._fit(escaped(value), run_token, limit)

    def resolved(self, value: Any) -> Any:
        """Return what stands in a state as the value that it was.

        Raises:
            ContractBreak: an object is gone, is not what was written, or lies where no value of the pipeline does.
            BotoCoreError, ClientError: an object could not be read now.
        """
        if isinstance(value, list):
            return [self.resolved(item) for item in value]
        if not isinstance(value, dict):
            return value
        below = _special(value)
        if below is None:
            return {name: self.resolved(item) for name, item in value.items()}
        if ESCAPED in below:
            return {REFERENCE: self.resolved(below[ESCAPED])}
        return self.resolved(self._fetched(Reference(**below)))

    def _fetched(self, reference: Reference) -> Any:
        if not str(reference.key).startswith(f"{VALUES_PREFIX}/{self._pipeline}/"):
            raise ContractBreak("value-elsewhere", "input", "a reference leads out of the pipeline's own values")
        try:
            body = self._objects.get(self._bucket, reference.key)
        except AWS_FAILURES as error:
            if error_code(error) in GONE:
                raise ContractBreak("value-gone", "input", "the object of a large value does not exist") from None
            raise
        text = body.decode(errors="backslashreplace")
        if text_hash(text) != reference.sha256:
            raise ContractBreak("value-altered", "input", "the object of a large value is not what was written")
        return json.loads(text)

    def _fit(self, value: Any, run_token: str, limit: int) -> Any:
        """Go down into the one part that is too large, else give the largest parts away."""
        over = _size(value) - limit
        if over <= 0:
            return value
        parts = sorted(((_size(part), place) for place, part in _parts(value)), key=lambda one: one[0], reverse=True)
        if parts and parts[0][0] - REFERENCE_BYTES >= over:
            size, place = parts[0]
            return _with(value, {place: self._fit(value[place], run_token, size - over)})
        chosen = _chosen(parts, over)
        if not chosen:
            return self._away(value, run_token)
        return _with(value, {place: self._away(value[place], run_token) for place in chosen})

    def _away(self, value: Any, run_token: str) -> Any:
        text = canonical_json(value)
        body, digest = text.encode(), text_hash(text)
        key = value_key(self._pipeline, run_token, digest)
        self._objects.put(ValueObject(self._bucket, key, body))
        return Reference(key, digest, len(body)).to_value()


def escaped(value: Any) -> Any:
    """Return a value in which nothing that is data looks like a reference."""
    if isinstance(value, (list, tuple)):
        return [escaped(item) for item in value]
    if not isinstance(value, dict):
        return value
    inner = {name: escaped(item) for name, item in value.items()}
    return inner if _special(value) is None else {REFERENCE: {ESCAPED: inner[REFERENCE]}}


def refers(value: Any) -> bool:
    """Return whether a value must be resolved, as far as a glance tells."""
    return REFERENCE in canonical_json(value)


def _special(value: dict[Any, Any]) -> dict[str, Any] | None:
    """Return what is below ``$ref`` where it has one of the ``FORMS``."""
    below = value.get(REFERENCE) if len(value) == 1 else None
    return below if isinstance(below, dict) and frozenset(below) in FORMS else None


def _chosen(parts: list[tuple[int, Any]], over: int) -> list[Any]:
    """Return the places of the parts that make enough room by going; none where that takes too many."""
    chosen = []
    for size, place in parts[:MOST_APART]:
        if over <= 0 or size <= REFERENCE_BYTES:
            break
        chosen.append(place)
        over -= size - REFERENCE_BYTES
    return chosen if over <= 0 else []


def _parts(value: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(value, dict) and _special(value) is None:
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def _with(value: Any, changes: dict[Any, Any]) -> Any:
    if isinstance(value, dict):
        return {**value, **changes}
    return [changes.get(place, item) for place, item in enumerate(value)]


def _size(value: Any) -> int:
    return len(canonical_json(value).encode())
