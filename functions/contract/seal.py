"""The seal over one day of a pipeline's archive: a Merkle root over the hashes of its entries, chained day to day.

The tree is that of RFC 6962, section 2.1, over the entries' hashes, so that one entry can be proved to be in a day with
the hashes beside its path alone. Which entries, and in which order, is said by ``entries_of``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Self

from functions.contract.identity import canonical_json, text_hash
from functions.contract.ledger import Status, partition, sort

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

VERSION = 1
EMPTY_ROOT = sha256(b"").hexdigest()
"""Root of a tree without leaves (RFC 6962, section 2.1)."""
_LEAF = b"\x00"
_NODE = b"\x01"
_HASH = re.compile(r"[0-9a-f]{64}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def merkle_root(hashes: Iterable[str]) -> str:
    """Return the root, 64 hex digits, over entry hashes of 64 hex digits in the order given.

    It holds one node for each power of two of leaves, however many there are. An odd node is promoted as it is.

    Raises:
        ValueError: a hash is no hex.
    """
    peaks: list[tuple[int, bytes]] = []
    for entry_hash in hashes:
        leaves, node = 1, sha256(_LEAF + bytes.fromhex(entry_hash)).digest()
        while peaks and peaks[-1][0] == leaves:
            node = sha256(_NODE + peaks.pop()[1] + node).digest()
            leaves *= 2
        peaks.append((leaves, node))
    return _folded([node for _, node in peaks])


def _folded(peaks: list[bytes]) -> str:
    if not peaks:
        return EMPTY_ROOT
    root = peaks.pop()
    while peaks:
        root = sha256(_NODE + peaks.pop() + root).digest()
    return root.hex()


def entries_of(lines: Iterable[str]) -> Iterator[str]:
    """Return what a seal counts of a day's lines, in archive order: of lines that tell one item, the first.

    Archive order is the order of the objects' keys, then of their lines. An item is known by its keys (pk and sk); a
    line that is no entry is known by its whole text. A part of the stream that was told twice changes nothing so.
    """
    seen: set[bytes] = set()
    for line in lines:
        item = sha256(item_of(line).encode()).digest()
        if item not in seen:
            seen.add(item)
            yield line


def item_of(line: str) -> str:
    """Return which item of the ledger a line of the archive tells, as one text."""
    try:
        told = json.loads(line)
        keys = [partition(told["pipeline"], told["run_token"]), sort(Status(told["status"]), told["run_id"])]
    except (ValueError, KeyError, TypeError):
        return line
    return canonical_json(keys)


@dataclass(frozen=True, order=True)
class SealedObject:
    """One archive object of the sealed day: its key, the SHA-256 of its bytes, and how many lines it holds."""

    key: str
    sha256: str
    count: int


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What is fixed of one day: how many entries, which, in which objects, and the seal before it."""

    version: int = VERSION
    pipeline: str
    day: str
    """``YYYY-MM-DD`` in UTC: the day on which the entries were archived."""
    count: int
    """Entries that the root stands for, without repetitions."""
    merkle_root: str
    objects: tuple[SealedObject, ...]
    """The day's archive objects in the order of their keys."""
    previous_day: str | None
    """The day of the pipeline's seal before this one; None for its first."""
    previous_hash: str | None
    sealed_at: str
    """ISO 8601 in UTC."""

    @property
    def hash(self) -> str:
        """SHA-256 of the text, 64 hex digits; what the next seal of the pipeline names."""
        return text_hash(self.to_json())

    def to_json(self) -> str:
        """Return the text that is stored and hashed: canonical JSON."""
        return canonical_json({**vars(self), "objects": [vars(named) for named in self.objects]})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a stored seal.

        Raises:
            ValueError: the text is no seal of a known version, or not as ``to_json`` writes it.
        """
        try:
            told = json.loads(text)
            objects = tuple(SealedObject(**named) for named in told["objects"])
            seal = cls(**{**told, "objects": objects})
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"no seal: {error}") from error
        faults = list(_faults(seal))
        if faults:
            raise ValueError(f"no seal: {', '.join(faults)}")
        if seal.to_json() != text:
            raise ValueError("no seal: not in canonical form")
        return seal


def _faults(seal: Seal) -> Iterator[str]:
    """Yield the names of values that no seal has."""
    numbers = (seal.version, seal.count, *(named.count for named in seal.objects))
    hashes = (seal.merkle_root, *(named.sha256 for named in seal.objects))
    checks: dict[str, bool] = {
        "version": seal.version == VERSION,
        "count": all(type(number) is int and number >= 0 for number in numbers),
        "hash": all(_is(_HASH, value) for value in hashes),
        "day": _is(_DAY, seal.day),
        "text": all(isinstance(value, str) for value in (seal.pipeline, seal.sealed_at, *_keys(seal))),
        "previous": _linked(seal),
    }
    yield from (name for name, right in checks.items() if not right)


def _linked(seal: Seal) -> bool:
    if seal.previous_day is None or seal.previous_hash is None:
        return seal.previous_day is seal.previous_hash
    return _is(_DAY, seal.previous_day) and _is(_HASH, seal.previous_hash) and seal.previous_day < seal.day


def _keys(seal: Seal) -> list[Any]:
    return [named.key for named in seal.objects]


def _is(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None
