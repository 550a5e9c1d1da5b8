"""One day of the archive, read once from its first object to its last, and held against its seal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.verify.fact import Fact
from constructs_lib.operations.verify.finding import Finding, Part
from functions.contract.archive import seal_key, unpack
from functions.contract.identity import text_hash
from functions.contract.ledger import partition
from functions.contract.seal import entries_of, merkle_root

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.bucket import Stored
    from constructs_lib.operations.verify.register import Register
    from functions.contract.seal import Seal, SealedObject

_RECORDED = re.compile(r'"recorded_at":"([^"]*)"')
_SHOWN = 10


@dataclass(frozen=True)
class ReadObject:
    """The first version of an archive object, and in how many other ways it was written later."""

    stored: Stored
    sha256: str
    lines: tuple[str, ...]
    damage: str
    rewritten: int


class DayReader:
    """Reads days of one archive into a register, and keeps what it finds on the way."""

    def __init__(self, archive: Archive, register: Register) -> None:
        """Nothing is read yet."""
        self._archive = archive
        self._register = register
        self.findings: list[Finding] = []
        self.objects = 0
        self.entries = 0

    def read(self, day: str, seal: Seal | None, *, over: bool) -> None:
        """Read a day; without a seal its objects are only compared with their own later versions and the table.

        ``over`` says that the day's seal is due: only then may its entries have expired in the table.
        """
        named = {sealed.key: sealed for sealed in seal.objects} if seal else {}
        self._count = 0
        root = merkle_root(self._hashes(entries_of(self._lines(day, seal, named, over=over))))
        if seal is None:
            return
        for key in sorted(named):
            self._note("object-removed", key, f"named by the seal over {day}, and not there")
        if (self._count, root) != (seal.count, seal.merkle_root):
            detail = f"it seals {seal.count} entries under {seal.merkle_root[:12]}…; there are {self._count} under"
            self._note("seal-mismatch", seal_key(seal.pipeline, day), f"{detail} {root[:12]}…", Part.SEAL)

    def _hashes(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self._count += 1
            yield text_hash(line)

    def _lines(self, day: str, seal: Seal | None, named: dict[str, SealedObject], *, over: bool) -> Iterator[str]:
        """Yield the lines of a day, and take each sealed object off ``named`` when it was met."""
        for found in in_order(self._read, (one for one in self._archive.objects_of(day) if one.versions)):
            key = found.stored.key
            self.objects += 1
            self._judge(found)
            if seal is not None:
                self._compare(found, named.pop(key, None), day)
            for number, line in enumerate(found.lines, 1):
                self._register_line(line, f"{key}:{number}", over=over)
                yield line

    def _judge(self, found: ReadObject) -> None:
        key = found.stored.key
        if found.stored.deleted:
            self._note("object-removed", key, "marked as deleted; what was archived is still there, and is used")
        if found.rewritten:
            self._note("object-rewritten", key, f"{found.rewritten} later versions say other things than the first")
        if found.damage:
            self._note("object-damaged", key, found.damage)
        repeated = len(found.lines) - len(set(found.lines))
        if repeated:
            self._note("line-repeated", key, f"{repeated} of its lines stand in it more than once")

    def _compare(self, found: ReadObject, sealed_as: SealedObject | None, day: str) -> None:
        key = found.stored.key
        if sealed_as is None:
            self._note("object-added", key, f"the seal over {day} does not name it")
        elif (found.sha256, len(found.lines)) != (sealed_as.sha256, sealed_as.count):
            detail = f"{len(found.lines)} lines, SHA-256 {found.sha256[:12]}…; sealed: {sealed_as.count} lines,"
            self._note("object-changed", key, f"{detail} {sealed_as.sha256[:12]}…{_out_of_order(found.lines)}")

    def _read(self, stored: Stored) -> ReadObject:
        first, *later = (self._archive.objects.body(stored.key, version) for version in stored.versions)
        lines, damage = _unpacked(first)
        rewritten = sum(_unpacked(body) != (lines, damage) for body in later)
        return ReadObject(stored, sha256(first).hexdigest(), lines, damage, rewritten)

    def _register_line(self, line: str, place: str, *, over: bool) -> None:
        try:
            fact = Fact.of_text(line)
        except ValueError as error:
            self._note("line-damaged", place, str(error))
            return
        if not fact.pk.startswith(partition(self._archive.pipeline, "")):
            self._note("line-damaged", place, f"it is an entry of {fact.pk.partition('#')[0]}")
            return
        self.entries += 1
        self._register.add_archived(fact, place, day_over=over)

    def _note(self, code: str, place: str, detail: str, part: Part = Part.ARCHIVE) -> None:
        self.findings.append(Finding(code, part, place, detail))


def _unpacked(body: bytes) -> tuple[tuple[str, ...], str]:
    try:
        return tuple(unpack(body)), ""
    except (OSError, EOFError, ValueError) as error:
        return (), f"it cannot be unpacked: {error}"


def _out_of_order(lines: tuple[str, ...]) -> str:
    """Name the lines that were recorded before a line above them: in a changed object, likely the moved ones."""
    newest, moved = "", []
    for number, line in enumerate(lines, 1):
        told = _RECORDED.search(line)
        recorded = told[1] if told else newest
        if recorded < newest:
            moved.append(str(number))
        newest = max(newest, recorded)
    return f"; out of time order: lines {', '.join(moved[:_SHOWN])}" if moved else ""
