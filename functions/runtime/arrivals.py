"""What a handler of an s3 source is given: which object arrived or went, and how to read it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class S3Object:
    """One version of an object, as S3 told of it; ``size`` in bytes, None of an object that was deleted."""

    bucket: str
    key: str
    event: str
    """``created`` or ``deleted``."""
    version_id: str | None = None
    """None in a bucket without versions."""
    size: int | None = None
    etag: str | None = None
    sequencer: str | None = None
    """Orders what happened to one key: compare two as text, the shorter one filled up with zeros on its left."""

    @classmethod
    def of(cls, value: S3Object | Mapping[str, Any]) -> Self:
        """Return the object that a handler was given in whatever form its annotation asks for."""
        return cls(**(value if not isinstance(value, S3Object) else asdict(value)))


class Arrivals:
    """The bucket of an s3 source as ``run.stores.source``: its objects are opened by what the handler was given."""

    def __init__(self, client: Callable[[], Any], reads: str) -> None:
        """``reads`` is ``version`` for the one that was told of, or ``newest``."""
        self._client = client
        self._reads = reads

    def open(self, value: S3Object | Mapping[str, Any]) -> BinaryIO:
        """Return an object as a binary file that is read as it comes, from the beginning to the end.

        Raises:
            ObjectMissing: it was deleted since, or it may not be read; S3 does not say which.
            StoreBusy: S3 asks for less.
        """
        from functions.runtime.stores.s3_bucket import S3Bucket

        wanted = S3Object.of(value)
        bucket = S3Bucket(self._client, wanted.bucket, name="source", access="read")
        return bucket.open(wanted.key, wanted.version_id if self._reads == "version" else None)

    def read(self, value: S3Object | Mapping[str, Any]) -> bytes:
        """Return an object as a whole; raises as ``open`` does."""
        with self.open(value) as file:
            return file.read()


def source_bucket(options: Mapping[str, Any], client: Callable[[str], Any]) -> Arrivals:
    """Return the bucket of a deployed s3 source; ``options`` are those of its reader."""
    return Arrivals(lambda: client("s3"), str(options.get("read", "version")))
