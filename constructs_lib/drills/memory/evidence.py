"""The evidence bucket in memory, as the functions that write it and the operators that read it see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.operations.bucket import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class MemoryEvidence:
    """Objects by key, each written once."""

    objects: dict[str, bytes] = field(default_factory=dict)

    def add(self, key: str, body: bytes) -> bool:
        """Write an object unless its key is taken, and return whether it was written."""
        return self.objects.setdefault(key, body) is body

    def folders(self, prefix: str) -> Iterator[str]:
        """Yield the prefixes one level below ``prefix``, each with its slash."""
        yield from (f"{prefix}{name}/" for name in EvidenceObjects(self).folders(prefix))

    def keys(self, prefix: str) -> Iterator[str]:
        """Yield the keys below ``prefix`` in order."""
        yield from sorted(key for key in self.objects if key.startswith(prefix))

    def read(self, key: str) -> bytes:
        """Return an object's bytes."""
        return self.objects[key]


@dataclass(frozen=True)
class EvidenceObjects:
    """The same bucket, as operators read it: every object has the one version that was written."""

    evidence: MemoryEvidence

    def folders(self, prefix: str) -> list[str]:
        """Return the next part of all keys below a prefix, in order."""
        below = (key[len(prefix) :].partition("/") for key in self.evidence.keys(prefix))
        return sorted({name for name, slash, _ in below if slash})

    def stored(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects below a prefix in the order of their keys."""
        yield from (Stored(key, ("1",)) for key in self.evidence.keys(prefix))

    def body(self, key: str, _version: str, /) -> bytes:
        """Return the bytes of an object."""
        return self.evidence.read(key)

    def exists(self, key: str) -> bool:
        """Return whether a key has an object."""
        return key in self.evidence.objects
