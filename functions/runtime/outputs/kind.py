"""What every kind of output promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from functions.runtime.failure import Failure
    from functions.runtime.flush import Flush


class Draft(Protocol):
    """What one run has put; it is dropped when the handler raises."""

    def put(self, value: Any) -> None:
        """Keep a value until the flush; raises ``RuntimeError`` once the run has ended."""

    def close(self) -> None:
        """Take no more values: the run has ended."""


@dataclass(frozen=True)
class Landed:
    """Where a draft went; None when it was empty."""

    location: str | None
    answer: Any = None
    """What is answered for the record, where ``answers`` says so."""
    answers: bool = False


@dataclass(frozen=True)
class Postponed:
    """A draft that was not tried: its record goes back, hidden for ``delay`` seconds, and has spent no attempt."""

    reason: str
    delay: float = 0.0


class Output(Protocol):
    """One declared output."""

    def draft(self, text: str, argument: Any, token: str) -> Draft:
        """Return an empty draft for a record that was received as ``text`` and handed over as ``argument``.

        ``token`` is its run token: whatever is sent bears an id that is made of it, the same at every try.
        """

    def land(self, drafts: Sequence[tuple[str, Any]], flush: Flush) -> Sequence[Landed | Postponed | Failure]:
        """Write drafts, each with its tenant; return for each where it went or why not. Never raises for AWS."""
