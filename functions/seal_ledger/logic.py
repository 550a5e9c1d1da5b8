"""Sealing the days of the ledger's archive that are over, each once and in order, each naming the seal before it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from functions.contract.archive import (
    LEDGER_PREFIX,
    day_in,
    day_prefix,
    pipeline_prefix,
    seal_key,
    seal_prefix,
    sealed_day,
)
from functions.contract.seal import Seal
from functions.runtime.aws_failures import AWS_FAILURES, error_code
from functions.seal_ledger.day import Day

if TYPE_CHECKING:
    from collections.abc import Callable

    from aws_lambda_powertools import Logger

    from functions.runtime.evidence_bucket import EvidenceReader

SETTLED = timedelta(minutes=15)
"""How long after midnight a day is over: no Lambda function that began on it still runs (the longest timeout)."""


class DayNotOverError(ValueError):
    """A day cannot be sealed while entries may still be added to it."""


@dataclass(kw_only=True)
class Outcome:
    """What one run has done: which seals it wrote, and what somebody must look at."""

    sealed: list[str] = field(default_factory=list)
    """Keys of the seals that were written."""
    unsealed: list[str] = field(default_factory=list)
    """What has no seal: a pipeline that failed, or ``pipeline/day`` for a day that gained entries after it was over."""
    damaged: list[str] = field(default_factory=list)
    """Keys of archive objects that cannot be read."""

    @property
    def is_well(self) -> bool:
        """Whether every day that is over has a seal, and every object could be read."""
        return not self.unsealed and not self.damaged


class Sealer:
    """One run: it writes the seals that are missing, and touches none that is there."""

    def __init__(self, objects: EvidenceReader, now: Callable[[], float], logger: Logger) -> None:
        """``now`` returns seconds since 1970."""
        self._objects = objects
        self._now = now
        self._logger = logger
        self.outcome = Outcome()

    def seal_all(self) -> Outcome:
        """Seal every day of every pipeline that is over; what fails for one pipeline leaves the others alone."""
        for folder in list(self._objects.folders(f"{LEDGER_PREFIX}/")):
            pipeline = folder.split("/")[1]
            try:
                self._seal_pipeline(pipeline)
            except (*AWS_FAILURES, ValueError) as error:
                extra = {"sealed_pipeline": pipeline, "error_type": error_code(error)}
                self._logger.error("pipeline not sealed", extra=extra)
                self.outcome.unsealed.append(pipeline)
        return self.outcome

    def seal(self, pipeline: str, day: str, previous: Seal | None) -> Seal:
        """Return the seal over a day after it was written; where another run was faster, its seal.

        Raises:
            DayNotOverError: entries may still be added to the day.
            ValueError: what stands in the seal's place is no seal.
        """
        if not self._is_over(day):
            raise DayNotOverError(f"{day} is not over")
        key = seal_key(pipeline, day)
        over = Day(self._objects.keys(day_prefix(pipeline, day)), self._objects.read)
        seal = over.seal(pipeline, day, previous, self._time().isoformat(timespec="milliseconds"))
        for damaged in over.damaged:
            self._logger.error("archive object damaged", extra={"object": damaged})
        if not self._objects.add(key, seal.to_json().encode()):
            return self._read(key)
        self.outcome.damaged.extend(over.damaged)
        self.outcome.sealed.append(key)
        told = {"sealed_pipeline": pipeline, "day": day, "entries": seal.count, "seal_hash": seal.hash}
        self._logger.info("day sealed", extra=told)
        return seal

    def _seal_pipeline(self, pipeline: str) -> None:
        done = {sealed_day(key) for key in self._objects.keys(seal_prefix(pipeline))}
        days = {day for folder in self._objects.folders(pipeline_prefix(pipeline)) if (day := day_in(folder))}
        last = max(done, default="")
        for day in sorted(day for day in days - done if day < last):
            self._logger.error("entries in a day that is sealed over", extra={"sealed_pipeline": pipeline, "day": day})
            self.outcome.unsealed.append(f"{pipeline}/{day}")
        previous = self._read(seal_key(pipeline, last)) if last else None
        for day in sorted(day for day in days if day > last and self._is_over(day)):
            previous = self.seal(pipeline, day, previous)

    def _read(self, key: str) -> Seal:
        return Seal.from_json(self._objects.read(key).decode())

    def _is_over(self, day: str) -> bool:
        return day < (self._time() - SETTLED).date().isoformat()

    def _time(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)
