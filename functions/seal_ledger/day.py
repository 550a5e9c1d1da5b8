"""The seal over one day as its archive objects give it."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from functions.contract.archive import unpack
from functions.contract.identity import text_hash
from functions.contract.seal import Seal, SealedObject, entries_of, merkle_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Day:
    """Reads the archive objects of a day one after the other; only what tells entries apart is kept in memory."""

    def __init__(self, keys: Iterable[str], read: Callable[[str], bytes]) -> None:
        """``keys`` are in archive order; ``read`` returns an object's bytes."""
        self._keys = keys
        self._read = read
        self.objects: list[SealedObject] = []
        self.damaged: list[str] = []
        """Keys of objects that cannot be read: they are sealed by their bytes, and count no line."""
        self.count = 0

    def seal(self, pipeline: str, day: str, previous: Seal | None, sealed_at: str) -> Seal:
        """Return the seal; raises what reading an object raises."""
        root = merkle_root(self._hashes())
        return Seal(
            pipeline=pipeline,
            day=day,
            count=self.count,
            merkle_root=root,
            objects=tuple(self.objects),
            previous_day=previous.day if previous else None,
            previous_hash=previous.hash if previous else None,
            sealed_at=sealed_at,
        )

    def _hashes(self) -> Iterator[str]:
        for line in entries_of(self._lines()):
            self.count += 1
            yield text_hash(line)

    def _lines(self) -> Iterator[str]:
        for key in self._keys:
            body = self._read(key)
            lines = self._unpacked(key, body)
            self.objects.append(SealedObject(key, sha256(body).hexdigest(), len(lines)))
            yield from lines

    def _unpacked(self, key: str, body: bytes) -> list[str]:
        try:
            return unpack(body)
        except ValueError:
            self.damaged.append(key)
            return []
