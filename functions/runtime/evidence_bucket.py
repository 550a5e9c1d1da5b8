"""The evidence bucket: objects are added and read, never replaced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from botocore.exceptions import ClientError

from functions.contract.environment import Variable
from functions.runtime.aws_failures import error_code
from functions.runtime.environment import EnvironmentReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

IS_THERE = "PreconditionFailed"
"""What S3 answers when the key of a conditional write is taken."""
CHECKSUM = "SHA256"
"""Sent with every object: S3 refuses one for a locked bucket without a checksum (PutObject, Amazon S3 API reference).

The SDK of the Lambda runtime adds one by itself only since early 2025. A seal holds the same digest of an object, so
what S3 records of the object can be compared with it.
"""


@dataclass(frozen=True, kw_only=True)
class EvidenceSettings:
    """What the platform's own functions know from their environment."""

    platform: str
    stage: str
    bucket: str

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read every variable of ``environment``.

        Raises:
            SettingsError: variables are missing; all of them are named.
        """
        read = EnvironmentReader(environment)
        settings = cls(
            platform=read.required(Variable.PLATFORM, str),
            stage=read.required(Variable.STAGE, str),
            bucket=read.required(Variable.EVIDENCE_BUCKET, str),
        )
        read.check()
        return settings


class EvidenceAdder(Protocol):
    """Where evidence is added."""

    def add(self, key: str, body: bytes) -> bool:
        """Write an object unless its key is taken, and return whether it was written; raises what AWS calls raise."""


class EvidenceReader(EvidenceAdder, Protocol):
    """Where evidence is read, too; every call raises what AWS calls raise."""

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the prefixes one level below ``prefix``, each with its slash."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below ``prefix`` in order."""

    def read(self, key: str) -> bytes:
        """Return an object's bytes."""


class S3Evidence:
    """The bucket in S3; its own settings encrypt and lock what is added."""

    def __init__(self, client: Callable[[], Any], bucket: str) -> None:
        """``client`` makes or returns the S3 client."""
        self._client = client
        self._bucket = bucket

    def add(self, key: str, body: bytes) -> bool:
        """Write an object unless its key is taken, and return whether it was written."""
        try:
            self._client().put_object(
                Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*", ChecksumAlgorithm=CHECKSUM
            )
        except ClientError as error:
            if error_code(error) != IS_THERE:
                raise
            return False
        return True

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the prefixes one level below ``prefix``, each with its slash."""
        for page in self._pages(Prefix=prefix, Delimiter="/"):
            yield from (found["Prefix"] for found in page.get("CommonPrefixes", ()))

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below ``prefix`` in order."""
        for page in self._pages(Prefix=prefix):
            yield from (found["Key"] for found in page.get("Contents", ()))

    def read(self, key: str) -> bytes:
        """Return an object's bytes."""
        body: bytes = self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

    def _pages(self, **what: str) -> Iterator[dict[str, Any]]:
        yield from self._client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, **what)
