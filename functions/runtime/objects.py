"""Objects of newline-delimited JSON in S3, written once under names that are never used again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

CONTENT_TYPE = "application/x-ndjson"


@dataclass(frozen=True)
class NdjsonObject:
    """One object to be written; every line is one JSON value."""

    bucket: str
    key: str
    lines: tuple[bytes, ...]
    metadata: Mapping[str, str]

    content_type: str = CONTENT_TYPE

    @property
    def body(self) -> bytes:
        """The bytes of the object; the last line ends with a line feed too."""
        return b"".join(line + b"\n" for line in self.lines)


class Storable(Protocol):
    """What can be written: bytes under a key."""

    @property
    def bucket(self) -> str:
        """Where it goes."""

    @property
    def key(self) -> str:
        """Under which name."""

    @property
    def body(self) -> bytes:
        """What it holds."""

    @property
    def metadata(self) -> Mapping[str, str]:
        """What is said of it."""

    @property
    def content_type(self) -> str:
        """What kind of thing it is."""


class ObjectStore(Protocol):
    """Where objects go."""

    def put(self, item: Storable) -> None:
        """Write the object; raises what AWS calls raise."""

    def get(self, bucket: str, key: str) -> bytes:
        """Return an object as a whole; raises what AWS calls raise."""


class S3ObjectStore:
    """Objects in S3; the bucket's own settings encrypt them."""

    def __init__(self, client: Callable[[], Any]) -> None:
        """``client`` makes or returns the S3 client."""
        self._client = client

    def put(self, item: Storable) -> None:
        """Write the object."""
        self._client().put_object(
            Bucket=item.bucket,
            Key=item.key,
            Body=item.body,
            ContentType=item.content_type,
            Metadata=dict(item.metadata),
        )

    def get(self, bucket: str, key: str) -> bytes:
        """Return an object as a whole."""
        body: bytes = self._client().get_object(Bucket=bucket, Key=key)["Body"].read()
        return body
