"""Sending what the runs of a flush have put, in few calls, and telling each record what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from functions.runtime.batch_call import parts
from functions.runtime.failure import Failure, Verdict
from functions.runtime.outputs.kind import Landed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Entry = TypeVar("Entry")
TOO_LARGE = "entry-too-large"


@dataclass(frozen=True)
class Sending(Generic[Entry]):
    """How one service takes entries: ``most`` a call, of together ``most_bytes``, which is also the most of one."""

    name: str
    """The output's name, for messages."""
    most: int
    most_bytes: int
    size: Callable[[Entry], int]
    send: Callable[[list[Entry]], Sequence[str | None]]
    """Makes one call without raising; returns an error code for each entry that was not taken, else None."""

    def land(self, drafts: Sequence[Sequence[Entry]]) -> list[Landed | Failure]:
        """Send the entries of each draft; a draft with one that can never be sent sends none of them."""
        results: list[Landed | Failure] = [self._judged(entries) for entries in drafts]
        fits = [
            (index, entry)
            for index, entries in enumerate(drafts)
            if isinstance(results[index], Landed)
            for entry in entries
        ]
        told: dict[int, list[str]] = {}
        for part in parts(fits, most=self.most, size=lambda one: self.size(one[1]), most_bytes=self.most_bytes):
            for (index, _), code in zip(part, self.send([entry for _, entry in part]), strict=True):
                if code is not None:
                    told.setdefault(index, []).append(code)
        for index, codes in told.items():
            results[index] = worst(refused(self.name, code) for code in codes)
        return results

    def _judged(self, entries: Sequence[Entry]) -> Landed | Failure:
        largest = max((self.size(entry) for entry in entries), default=0)
        if largest <= self.most_bytes:
            return Landed(None)
        return Failure(
            Verdict.GIVE_UP, TOO_LARGE, f"{self.name}: {largest:,} bytes are sent at once; at most {self.most_bytes:,}"
        )


def refused(name: str, code: str) -> Failure:
    """Return what the error code of a call, or of one of its entries, means for the record that it came from."""
    from functions.runtime.aws_failures import THROTTLES
    from functions.runtime.default_failures import of_code

    meaning = of_code(code, throttled=code in THROTTLES)
    return Failure(error_type=code, message=f"{name}: {code}", **vars(meaning))


def worst(failures: Iterable[Failure]) -> Failure:
    """Return the failure that decides for a record: one that can never succeed before one that may."""
    found = list(failures)
    return next((failure for failure in found if failure.verdict is Verdict.GIVE_UP), found[0])
