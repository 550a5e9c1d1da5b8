"""What every bucket does before it asks: access and keys are checked, and nothing wrong leaves the function."""

from __future__ import annotations

import io
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, BinaryIO, cast

from functions.runtime.stores.access import check_access
from functions.runtime.stores.errors import StoreMisuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from functions.runtime.stores.bucket import ObjectInfo

LONGEST_KEY = 1024
"""Bytes of an object's key in UTF-8 (Amazon S3 user guide)."""


class CheckedBucket(ABC):
    """A bucket, or a part of one: keys are whole and begin with ``prefix``."""

    def __init__(self, name: str, *, prefix: str = "", access: str = "read_write_delete", lists: bool = True) -> None:
        """``name`` is the declared one, for messages; ``lists`` is ``list``."""
        self.name = name
        self.prefix = prefix
        self.access = access
        self.lists = lists

    def open(self, key: str) -> BinaryIO:
        """Return an object as a binary file that is read as it comes."""
        self._may("read", key)
        return self._open(key)

    def read(self, key: str) -> bytes:
        """Return an object as a whole."""
        with self.open(key) as file:
            return file.read()

    def info(self, key: str) -> ObjectInfo:
        """Return size, content type and metadata of an object."""
        self._may("read", key)
        return self._info(key)

    def exists(self, key: str) -> bool:
        """Return whether there is an object; the first key that begins with a key is that key itself."""
        self._may_list(key)
        first = next(self._list(key, 1), None)
        return first is not None and first.key == key

    def list(self, prefix: str = "") -> Iterator[ObjectInfo]:
        """Yield the objects whose keys begin with ``prefix``, in the order of their keys."""
        self._may_list(prefix or self.prefix)
        return self._list(prefix or self.prefix)

    def put(
        self,
        key: str,
        body: bytes | BinaryIO,
        *,
        content_type: str = "application/octet-stream",
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        """Write an object in place of the one with its key."""
        self._may("write", key)
        told = dict(metadata or {})
        for name, value in told.items():
            if name != name.lower() or not (name + value).isascii():
                raise StoreMisuse(
                    f"{key}: metadata {name!r} must be ASCII and its name in lower case, as S3 returns it"
                )
        file = cast("BinaryIO", io.BytesIO(body)) if isinstance(body, bytes | bytearray) else body
        if not file.seekable():
            raise StoreMisuse(f"{key}: the file cannot seek, so its length is unknown; write it to a temporary file")
        self._put(key, file, content_type, told)

    def delete(self, key: str) -> None:
        """Remove an object, if there is one."""
        self._may("delete", key)
        self._delete(key)

    @abstractmethod
    def _open(self, key: str) -> BinaryIO: ...

    @abstractmethod
    def _info(self, key: str) -> ObjectInfo: ...

    @abstractmethod
    def _list(self, prefix: str, _page: int = 1000, /) -> Iterator[ObjectInfo]: ...

    @abstractmethod
    def _put(self, key: str, file: BinaryIO, content_type: str, metadata: dict[str, str]) -> None: ...

    @abstractmethod
    def _delete(self, key: str) -> None: ...

    def _may_list(self, prefix: str) -> None:
        self._may("read", prefix)
        if not self.lists:
            raise StoreMisuse(f"store {self.name!r} is declared without list: true")

    def _may(self, wanted: str, key: str) -> None:
        check_access(self.name, self.access, wanted)
        if not key.startswith(self.prefix):
            raise StoreMisuse(f"store {self.name!r} is declared with prefix: {self.prefix}; {key!r:.80} is outside")
        if len(key.encode()) > LONGEST_KEY:
            raise StoreMisuse(f"store {self.name!r}: a key has at most {LONGEST_KEY} bytes")
