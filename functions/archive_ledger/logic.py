"""Archiving a batch of the ledger's stream: what was inserted is added to the archive, all else is noticed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from functions.archive_ledger.stream import Kind, Told, told_by
from functions.contract.archive import archive_key, pack
from functions.contract.metric import EvidenceMetric
from functions.runtime.aws_failures import AWS_FAILURES, error_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from aws_lambda_powertools import Logger

    from functions.runtime.evidence_bucket import EvidenceAdder


@dataclass(frozen=True, kw_only=True)
class Archived:
    """What came of a batch: what the stream must tell again, and what is counted."""

    retry: tuple[str, ...]
    """Sequence numbers of the first entries whose objects could not be written; the stream goes on from the lowest."""
    counts: Mapping[EvidenceMetric, int]

    def to_event(self) -> dict[str, Any]:
        """Return the answer that the event source mapping reads."""
        return {"batchItemFailures": [{"itemIdentifier": sequence} for sequence in self.retry]}


class Archive:
    """Adds one object for each pipeline of a batch, under a key that the same batch has again."""

    def __init__(self, objects: EvidenceAdder, now: Callable[[], float], logger: Logger) -> None:
        """``now`` returns seconds since 1970."""
        self._objects = objects
        self._now = now
        self._logger = logger

    def archive(self, records: Iterable[Mapping[str, Any]]) -> Archived:
        """Archive what was inserted, in order, and report what was changed or removed."""
        told = [told_by(record) for record in records]
        day = datetime.fromtimestamp(self._now(), UTC).date().isoformat()
        failed = [group for group in _groups(told) if not self._add(day, group)]
        wrong = [one for one in told if one.kind in (Kind.STRANGE, Kind.TAMPERED)]
        for one in wrong:
            self._report(one)
        counts = {EvidenceMetric.TAMPERED: len(wrong), EvidenceMetric.NOT_ARCHIVED: sum(map(len, failed))}
        return Archived(
            retry=tuple(group[0].sequence for group in failed),
            counts={name: count for name, count in counts.items() if count},
        )

    def _add(self, day: str, group: list[Told]) -> bool:
        """Write one object and return whether it is there; it may have been before."""
        first, last = group[0], group[-1]
        key = archive_key(first.pipeline, day, first.sequence, last.sequence)
        told = {"object": key, "entries": len(group)}
        try:
            written = self._objects.add(key, pack([one.line for one in group]))
        except AWS_FAILURES as error:
            self._logger.error("entries not archived", extra={**told, "error_type": error_code(error)})
            return False
        self._logger.info("entries archived" if written else "entries were archived before", extra=told)
        return True

    def _report(self, one: Told) -> None:
        """Name the item and keep what it holds out of the log."""
        extra = {"operation": one.operation, "pk": one.pk, "sk": one.sk, "sequence_number": one.sequence}
        self._logger.error("ledger tampered with", extra=extra)


def _groups(told: Iterable[Told]) -> list[list[Told]]:
    """Return what was inserted, by pipeline and in order."""
    groups: dict[str, list[Told]] = {}
    for one in told:
        if one.kind in (Kind.ENTRY, Kind.STRANGE):
            groups.setdefault(one.pipeline, []).append(one)
    return list(groups.values())
