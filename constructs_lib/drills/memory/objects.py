"""S3 in memory: objects by place, each written once."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.limits import require

if TYPE_CHECKING:
    from constructs_lib.drills.memory.faults import Calls


@dataclass
class MemoryS3:
    """Objects by ``s3://bucket/key``, as long as nobody removes them."""

    calls: Calls
    objects: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, dict[str, str]] = field(default_factory=dict)

    def put_object(self, *, Bucket: str, Key: str, Body: bytes, ContentType: str, Metadata: dict[str, str]) -> None:
        """Write an object whose name was never used before."""
        with self.calls.call("PutObject"):
            place = f"s3://{Bucket}/{Key}"
            require(place not in self.objects, f"{place} is written once")
            require(bool(ContentType), "an object says what it holds")
            self.objects[place], self.metadata[place] = Body, Metadata

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:
        """Read one object."""
        with self.calls.call("GetObject"):
            return {"Body": io.BytesIO(self.objects[f"s3://{Bucket}/{Key}"])}
