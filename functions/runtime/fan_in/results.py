"""Results of parts: what a worker has returned stays with its part, or as an object where it is larger."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

from functions.contract.identity import canonical_json
from functions.contract.message import LargeBody
from functions.contract.raw import large_key
from functions.runtime.objects import NdjsonObject

if TYPE_CHECKING:
    from functions.runtime.invocation import Invocation
    from functions.runtime.objects import ObjectStore
    from functions.runtime.work import Work

MOST_BYTES = 8_192
"""Bytes of a result that stay with its part: with 100 parts, one read of the group is below the megabyte of a query."""


class ResultAltered(Exception):  # noqa: N818 - it says what the object is
    """The object of a result is not the one that was kept."""


@dataclass(frozen=True)
class Result:
    """What a worker has returned: its text, or where it is."""

    text: str | None = None
    place: LargeBody | None = None
    bucket: str = ""

    @classmethod
    def kept(cls, work: Work, invocation: Invocation) -> Self | None:
        """Keep what a record's handler has returned; None where nobody asked. Raises what AWS calls raise."""
        if work.result is None:
            return None
        content, settings = work.result.encode(), invocation.settings
        if len(content) <= MOST_BYTES:
            return cls(work.result)
        digest = hashlib.sha256(content + b"\n").hexdigest()
        day = invocation.utc().strftime("%Y-%m-%d")
        key = large_key(settings.pipeline, day, f"{work.token}-result", digest)
        invocation.services.objects.put(NdjsonObject(settings.raw_bucket, key, (content,), {}))
        return cls(None, LargeBody(key, digest, len(content) + 1), settings.raw_bucket)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read back what ``to_json`` wrote."""
        value = json.loads(text)
        place = value.get("place")
        return cls(value.get("text"), LargeBody(**place) if place else None, value.get("bucket", ""))

    def to_json(self) -> str:
        """Return the text that stands in the part's item."""
        if self.place is None:
            return canonical_json({"text": self.text})
        return canonical_json({"place": asdict(self.place), "bucket": self.bucket})

    def read(self, objects: ObjectStore) -> Any:
        """Return what was returned, decoded.

        Raises:
            ResultAltered: the object is not the one that was kept.
            BotoCoreError, ClientError: S3 did not hand it out; the run is then tried again.
        """
        if self.place is None:
            return json.loads(self.text or "null")
        content = objects.get(self.bucket, self.place.key)
        if hashlib.sha256(content).hexdigest() != self.place.sha256:
            raise ResultAltered(f"{self.place.key} is not what was kept there")
        return json.loads(content)
