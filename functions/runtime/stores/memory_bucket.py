"""A bucket in memory, for tests: it keeps every promise of the one in S3 but those of durability and size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from functions.runtime.stores.bucket import ObjectInfo
from functions.runtime.stores.checked_bucket import CheckedBucket
from functions.runtime.stores.errors import ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class _Kept:
    body: bytes
    content_type: str
    metadata: dict[str, str]


class MemoryBucket(CheckedBucket):
    """A bucket of nothing but its objects: ``MemoryBucket()``."""

    def __init__(
        self,
        name: str = "bucket",
        *,
        prefix: str = "",
        access: str = "read_write_delete",
        lists: bool = True,
    ) -> None:
        """Begin empty."""
        super().__init__(name, prefix=prefix, access=access, lists=lists)
        self._objects: dict[str, _Kept] = {}

    def fill(self, objects: dict[str, bytes]) -> None:
        """Put what others have put, whatever this bucket's own access is."""
        self._objects |= {key: _Kept(body, "application/octet-stream", {}) for key, body in objects.items()}

    @property
    def objects(self) -> dict[str, bytes]:
        """Every object by its key: what a test looks at."""
        return {key: self._objects[key].body for key in sorted(self._objects)}

    def _open(self, key: str) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(io.BytesIO(self._kept(key).body)))

    def _info(self, key: str) -> ObjectInfo:
        kept = self._kept(key)
        return ObjectInfo(key, len(kept.body), kept.content_type, dict(kept.metadata))

    def _list(self, prefix: str, _page: int = 1000, /) -> Iterator[ObjectInfo]:
        keys = [key for key in self._objects if key.startswith(prefix)]
        return iter([ObjectInfo(key, len(self._objects[key].body)) for key in sorted(keys, key=str.encode)])

    def _put(self, key: str, file: BinaryIO, content_type: str, metadata: dict[str, str]) -> None:
        self._objects[key] = _Kept(file.read(), content_type, metadata)

    def _delete(self, key: str) -> None:
        self._objects.pop(key, None)

    def _kept(self, key: str) -> _Kept:
        if key not in self._objects:
            raise ObjectMissing(f"store {self.name!r} has no object {key!r}")
        return self._objects[key]
