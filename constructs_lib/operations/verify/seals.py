"""The seals over a pipeline's days: each is one, belongs to its day, was never replaced, and names the one before."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from constructs_lib.operations.verify.finding import Finding, Part
from functions.contract.archive import seal_key, seal_prefix
from functions.contract.seal import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.bucket import Stored


@dataclass
class Seals:
    """The seals by their day, and what is wrong with them."""

    by_day: dict[str, Seal] = field(default_factory=dict)
    days: set[str] = field(default_factory=set)
    """Days that have a seal, readable or not."""
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def read(cls, archive: Archive) -> Seals:
        """Read every seal of a pipeline; a seal is about 1 KB a day."""
        seals = cls()
        for stored in archive.seals():
            day = stored.key.removeprefix(seal_prefix(archive.pipeline)).removesuffix(".json")
            if stored.key != seal_key(archive.pipeline, day):
                seals._note("seal-foreign", stored.key, "no key of a seal")
                continue
            seals.days.add(day)
            seals._take(archive, stored, day)
        return seals

    def _take(self, archive: Archive, stored: Stored, day: str) -> None:
        if stored.deleted:
            self._note("seal-removed", stored.key, "marked as deleted; the seal itself is still there, and is used")
        texts = [archive.objects.body(stored.key, version) for version in stored.versions]
        if len(set(texts)) > 1:
            self._note("seal-rewritten", stored.key, f"{len(texts)} versions say different things; the first is used")
        if not texts:
            return
        try:
            seal = Seal.from_json(texts[0].decode())
        except ValueError as error:
            self._note("seal-damaged", stored.key, str(error))
            return
        if (seal.pipeline, seal.day) != (archive.pipeline, day):
            self._note("seal-damaged", stored.key, f"it is the seal of {seal.pipeline} over {seal.day}")
            return
        self.by_day[day] = seal

    def chain_findings(self, *, oldest_kept: str) -> Iterator[Finding]:
        """Yield where a seal does not name the one before it; seals before the day ``oldest_kept`` may be gone."""
        before: Seal | None = None
        for day in sorted(self.days):
            seal = self.by_day.get(day)
            if seal is not None:
                yield from _link(before, seal, self.days, oldest_kept)
            before = seal

    def _note(self, code: str, key: str, detail: str) -> None:
        self.findings.append(Finding(code, Part.SEAL, key, detail))


def _link(before: Seal | None, seal: Seal, days: set[str], oldest_kept: str) -> Iterator[Finding]:
    key = seal_key(seal.pipeline, seal.day)
    earlier = max((day for day in days if day < seal.day), default=None)
    named = seal.previous_day
    if named is not None and named not in days:
        if named >= oldest_kept:
            yield Finding("seal-removed", Part.CHAIN, seal_key(seal.pipeline, named), f"named by {key}, and not there")
    elif named != earlier:
        detail = f"it names {named or 'no seal'} as the one before, which is {earlier}"
        yield Finding("seal-chain-broken", Part.CHAIN, key, detail)
    elif before is not None and seal.previous_hash != before.hash:
        yield Finding("seal-chain-broken", Part.CHAIN, key, f"the seal of {before.day} is not the one that it names")
