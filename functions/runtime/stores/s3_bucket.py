"""A bucket in S3: one call for each operation, and bodies that are read as they come."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, cast

from botocore.exceptions import ClientError

from functions.runtime.aws_failures import error_code, is_throttle
from functions.runtime.stores.bucket import ObjectInfo
from functions.runtime.stores.checked_bucket import CheckedBucket
from functions.runtime.stores.errors import ObjectMissing, StoreBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BUFFER = 256 * 1024
"""Bytes that a streaming read holds at once."""
MISSING = frozenset({"NoSuchKey", "NoSuchVersion", "404"})
REFUSED = frozenset({"AccessDenied", "403"})
"""What S3 answers for a missing object, too, where the caller may not list: it does not tell what is there."""


class S3Bucket(CheckedBucket):
    """One bucket; its own settings encrypt what is put."""

    def __init__(
        self,
        client: Callable[[], Any],
        bucket: str,
        *,
        name: str,
        access: str,
        prefix: str = "",
        lists: bool = False,
    ) -> None:
        """``client`` makes or returns the S3 client; ``bucket`` is the physical name."""
        super().__init__(name, prefix=prefix, access=access, lists=lists)
        self._client = client
        self._bucket = bucket

    def open(self, key: str, version: str | None = None) -> BinaryIO:
        """Return an object, or one version of it, as a binary file that is read as it comes."""
        if version is None:
            return super().open(key)
        self._may("read", key)
        return self._open(key, VersionId=version)

    def _open(self, key: str, **which: str) -> BinaryIO:
        body = self._of_object("get_object", key, **which)["Body"]
        return cast("BinaryIO", io.BufferedReader(_Streamed(body), BUFFER))

    def _info(self, key: str) -> ObjectInfo:
        answer = self._of_object("head_object", key)
        return ObjectInfo(key, answer["ContentLength"], answer.get("ContentType"), answer.get("Metadata", {}))

    def _list(self, prefix: str, page: int = 1000, /) -> Iterator[ObjectInfo]:
        request: dict[str, Any] = {"Prefix": prefix, "MaxKeys": page}
        while True:
            answer = self._call("list_objects_v2", **request)
            yield from (ObjectInfo(found["Key"], found["Size"]) for found in answer.get("Contents", []))
            if not answer.get("IsTruncated"):
                return
            request["ContinuationToken"] = answer["NextContinuationToken"]

    def _put(self, key: str, file: BinaryIO, content_type: str, metadata: dict[str, str]) -> None:
        self._call("put_object", Key=key, Body=file, ContentType=content_type, Metadata=metadata)

    def _delete(self, key: str) -> None:
        self._call("delete_object", Key=key)

    def _of_object(self, operation: str, key: str, **which: str) -> Any:
        try:
            return self._call(operation, Key=key, **which)
        except ClientError as error:
            code = error_code(error)
            if code in MISSING or (code in REFUSED and self.lists and not self.exists(key)):
                raise ObjectMissing(f"store {self.name!r} has no object {key!r}") from error
            if code in REFUSED and not self.lists:
                self._unknown(key, error)
            raise

    def _unknown(self, key: str, error: ClientError) -> NoReturn:
        known = "S3 tells a missing object from a refusal only with list: true"
        raise ObjectMissing(f"store {self.name!r} has no object {key!r}, or it may not be read: {known}") from error

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client(), operation)(Bucket=self._bucket, **request)
        except ClientError as error:
            if is_throttle(error):
                raise StoreBusy(f"store {self.name!r} asks for less: {error_code(error)}") from error
            raise


class _Streamed(io.RawIOBase):
    """The body of an answer as a raw file."""

    def __init__(self, body: Any) -> None:
        self._body = body

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        part = self._body.read(len(buffer))
        buffer[: len(part)] = part
        return len(part)

    def close(self) -> None:
        if not self.closed:
            self._body.close()
        super().close()
