"""One verification: archive and table are read once each into a register, and what does not fit is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.operations.verify.comparison import differences, register_of, unlinked_parents
from constructs_lib.operations.verify.day import DayReader
from constructs_lib.operations.verify.fact import Fact
from constructs_lib.operations.verify.finding import Finding, Part
from constructs_lib.operations.verify.questions import EXPIRED, YOUNG
from constructs_lib.operations.verify.seals import Seals
from functions.contract.archive import seal_key
from functions.contract.ledger import PARTITION_KEY, SORT_KEY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.verify.register import Register
    from constructs_lib.operations.window import Window

SEALED_WITHIN = timedelta(hours=6)
"""After the end of a day; later, a day with entries and without a seal is a finding."""


class Table(Protocol):
    """What is read of the ledger's table."""

    pipeline: str

    def every_item(self) -> Iterator[Mapping[str, Any]]:
        """Yield every item of the pipeline."""

    def items_of_run_tokens(self, run_tokens: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Yield the items of many run tokens."""

    def items_of_parent_run(self, run_id: str) -> tuple[Mapping[str, Any], ...]:
        """Return the items of runs that continue a run."""


@dataclass(frozen=True, kw_only=True)
class Verification:
    """What was compared, and what does not fit; without findings the evidence is whole."""

    findings: tuple[Finding, ...]
    days: int
    sealed_days: int
    objects: int
    archived: int
    items: int
    not_archived_yet: int
    """Entries of the table that are younger than an hour and not archived."""
    expired: int
    """Archived entries that have outlived their time in the table."""

    @property
    def intact(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


@dataclass(frozen=True)
class Verifier:
    """Compares table and archive of one pipeline; ``kept`` is how long seals must be there."""

    table: Table
    archive: Archive
    now: datetime
    kept: timedelta

    def verify(self, window: Window | None = None) -> Verification:
        """Verify everything, or the archive's days of a window with the items of the run tokens that they name."""
        seals = Seals.read(self.archive)
        days = sorted({*self.archive.days(), *seals.days})
        if window is not None:
            days = [day for day in days if day in window.archive_days(self.now)]
        with register_of(self.now) as register:
            reader = DayReader(self.archive, register)
            for day in days:
                reader.read(day, seals.by_day.get(day), over=self._is_over(day))
            findings = [*seals.findings, *self._chain(seals), *self._unsealed(days, seals), *reader.findings]
            items = self._read_table(register, window, findings)
            findings += differences(register)
            return Verification(
                findings=tuple(sorted(set(findings))),
                days=len(days),
                sealed_days=sum(day in seals.by_day for day in days),
                objects=reader.objects,
                archived=reader.entries,
                items=items,
                not_archived_yet=register.count(YOUNG),
                expired=register.count(EXPIRED),
            )

    def _chain(self, seals: Seals) -> Iterator[Finding]:
        """The whole chain, also for a window: a seal is only as good as those after it."""
        return seals.chain_findings(oldest_kept=(self.now - self.kept).date().isoformat())

    def _unsealed(self, days: list[str], seals: Seals) -> Iterator[Finding]:
        for day in days:
            if day not in seals.days and self._is_over(day):
                key = seal_key(self.archive.pipeline, day)
                yield Finding("seal-missing", Part.SEAL, key, "the day is over and has entries, and no seal")

    def _is_over(self, day: str) -> bool:
        try:
            end = datetime.fromisoformat(day).replace(tzinfo=UTC) + timedelta(days=1)
        except ValueError:
            return False
        return self.now >= end + SEALED_WITHIN

    def _read_table(self, register: Register, window: Window | None, findings: list[Finding]) -> int:
        register.complete()
        read = self.table.every_item() if window is None else self.table.items_of_run_tokens(register.run_tokens())
        items = 0
        for item in read:
            items += 1
            _take(item, register, window, findings)
        register.complete()
        if window is not None:
            self._follow_links(register)
        return items

    def _follow_links(self, register: Register) -> None:
        """A link of a replayed run may lead to a run token that the window's days do not name."""
        for parent in sorted(unlinked_parents(register)):
            for item in self.table.items_of_parent_run(parent):
                _take(item, register, None, [], judged=False)
        register.complete()


def _take(
    item: Mapping[str, Any], register: Register, window: Window | None, findings: list[Finding], *, judged: bool = True
) -> None:
    try:
        fact = Fact.of_item(item)
    except ValueError as error:
        place = f"{item.get(PARTITION_KEY, '')} {item.get(SORT_KEY, '')}"
        token = str(item.get(PARTITION_KEY, "")).partition("#")[2]
        status, _, run_id = str(item.get(SORT_KEY, "")).partition("#")
        findings.append(Finding("item-malformed", Part.TABLE, place, str(error), token, run_id, status))
        return
    register.add_item(fact, judged=judged and (window is None or window.holds(fact.recorded_at)))
