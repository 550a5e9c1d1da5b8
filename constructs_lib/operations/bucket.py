"""The objects of one bucket with all their versions, as far as reading goes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, Protocol

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_s3 import S3Client

_GONE = {"404", "NoSuchKey", "NotFound"}


@dataclass(frozen=True)
class Stored:
    """One object: its versions from the oldest to the newest, and whether it is marked as deleted."""

    key: str
    versions: tuple[str, ...]
    deleted: bool = False


class Objects(Protocol):
    """What is read of a bucket. Methods raise what AWS calls raise."""

    def folders(self, prefix: str) -> list[str]:
        """Return the next part of all keys below a prefix that ends with a slash, in order."""

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects below a prefix in the order of their keys, deleted ones too."""

    def body(self, key: str, version: str) -> bytes:
        """Return the bytes of one version."""

    def exists(self, key: str) -> bool:
        """Return whether a key has an object that is not marked as deleted."""


@dataclass(frozen=True)
class S3Objects:
    """A bucket in S3."""

    s3: S3Client
    bucket: str

    def folders(self, prefix: str) -> list[str]:
        """Return the next part of all keys below a prefix, one call for each 1,000."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix, Delimiter="/")
        found = (common["Prefix"] for page in pages for common in page.get("CommonPrefixes", []))
        return sorted(name.removeprefix(prefix).rstrip("/") for name in found)

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects below a prefix with their versions, one call for each 1,000 versions."""
        for key, rows in groupby(self._rows(prefix), key=lambda row: row.key):
            newest_first = list(rows)
            versions = tuple(row.version for row in reversed(newest_first) if not row.marker)
            yield Stored(key, versions, deleted=any(row.marker and row.latest for row in newest_first))

    def body(self, key: str, version: str) -> bytes:
        """Return the bytes of one version."""
        return self.s3.get_object(Bucket=self.bucket, Key=key, VersionId=version)["Body"].read()

    def exists(self, key: str) -> bool:
        """Return whether a key has an object: one HEAD."""
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in _GONE:
                return False
            raise
        return True

    def _rows(self, prefix: str) -> Iterator[_Row]:
        """Yield versions and deletion marks by key; S3 tells the versions of a key from the newest on."""
        for page in self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=prefix):
            rows = [_Row(row["Key"], row["VersionId"], False, row["IsLatest"]) for row in page.get("Versions", [])]
            rows += [_Row(row["Key"], row["VersionId"], True, row["IsLatest"]) for row in page.get("DeleteMarkers", [])]
            yield from sorted(rows, key=lambda row: row.key)


class _Row(NamedTuple):
    key: str
    version: str
    marker: bool
    latest: bool
