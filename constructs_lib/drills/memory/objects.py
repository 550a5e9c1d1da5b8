"""S3 in memory: objects by place, each written once."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from constructs_lib.drills.memory.limits import require
from functions.contract.workflow import VALUES_PREFIX

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.faults import Calls


@dataclass
class MemoryS3:
    """Objects by ``s3://bucket/key``, as long as nobody removes them."""

    calls: Calls
    raw: str = ""
    """The bucket of the Raw Stage."""
    objects: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    arrived: dict[str, bytes] = field(default_factory=dict)
    """Objects by ``bucket/key`` that others have put into the bucket of a source."""
    written: dict[str, bytes] = field(default_factory=dict)
    """Objects by place that outputs have written beside the Raw Stage."""

    watch: Callable[[str, bytes], None] = lambda _place, _body: None
    """Called with every object that an output has written beside the Raw Stage."""

    def put_object(
        self, *, Bucket: str, Key: str, Body: Any, ContentType: str, Metadata: dict[str, str], **when: str
    ) -> None:
        """Write an object; in the Raw Stage its name was never used before, but for the same value of a run."""
        with self.calls.call("PutObject", Bucket):
            place = f"s3://{Bucket}/{Key}"
            body = Body if isinstance(Body, bytes) else Body.read()
            require(bool(ContentType), "an object says what it holds")
            if Bucket != self.raw:
                self._put_elsewhere(place, body, when)
                return
            same = Key.startswith(f"{VALUES_PREFIX}/") and self.objects.get(place) == body
            require(same or place not in self.objects, f"{place} is written once")
            self.objects[place], self.metadata[place] = body, Metadata

    def _put_elsewhere(self, place: str, body: bytes, when: dict[str, str]) -> None:
        if when.get("IfNoneMatch") and place in self.written:
            raise ClientError({"Error": {"Code": "PreconditionFailed", "Message": place}}, "PutObject")
        self.written[place] = body
        self.watch(place, body)

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Read one object, which may be one of a source's bucket."""
        with self.calls.call("GetObject"):
            place = f"{Bucket}/{Key}"
            body = self.arrived.get(place)
            found = self.objects.get(f"s3://{place}") if body is None else body
            if found is None:
                raise ClientError({"Error": {"Code": "NoSuchKey", "Message": place}}, "GetObject")
            return {"Body": io.BytesIO(found)}
