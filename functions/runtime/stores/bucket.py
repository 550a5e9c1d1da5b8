"""The protocols of a bucket: what a handler may ask of one, wherever it is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class ObjectInfo:
    """What is known of an object without reading it; ``size`` in bytes. A listing tells key and size alone."""

    key: str
    size: int
    content_type: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


class BucketReader(Protocol):
    """A bucket that is declared with ``access: read``; keys are whole, with the declared prefix."""

    def open(self, key: str) -> BinaryIO:
        """Return an object as a binary file that is read as it comes, from the beginning to the end.

        Raises:
            ObjectMissing: there is none; without ``list: true`` also where S3 refuses to read it, which looks the same.
        """

    def read(self, key: str) -> bytes:
        """Return an object as a whole; raises ``ObjectMissing`` as ``open`` does."""

    def info(self, key: str) -> ObjectInfo:
        """Return size, content type and metadata of an object; raises ``ObjectMissing`` as ``open`` does."""

    def exists(self, key: str) -> bool:
        """Return whether there is an object; raises ``StoreMisuse`` without ``list: true``, as S3 does not tell."""

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose keys begin with ``prefix``, in the order of their keys, a page at a time.

        Raises:
            StoreMisuse: the store is declared without ``list: true``.
        """


class BucketWriter(Protocol):
    """A bucket that is declared with ``access: write``."""

    def put(
        self,
        key: str,
        body: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Write an object in place of the one with its key; a file is read from where it stands, and can seek."""


class BucketDeleter(Protocol):
    """A bucket that is declared with ``access: delete``."""

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""


class BucketReaderWriter(BucketReader, BucketWriter, Protocol):
    """A bucket that is declared with ``access: read_write``."""


class BucketReaderDeleter(BucketReader, BucketDeleter, Protocol):
    """A bucket that is declared with ``access: read_delete``."""


class BucketWriterDeleter(BucketWriter, BucketDeleter, Protocol):
    """A bucket that is declared with ``access: write_delete``."""


class Bucket(BucketReader, BucketWriter, BucketDeleter, Protocol):
    """A bucket that is declared with ``access: read_write_delete``."""
