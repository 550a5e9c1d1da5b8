"""What table and archive say of each other, entry by entry."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from constructs_lib.operations.verify import questions
from constructs_lib.operations.verify.finding import Finding, Part
from constructs_lib.operations.verify.register import Register
from constructs_lib.operations.window import stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.operations.verify.fact import Fact

ARCHIVED_WITHIN = timedelta(hours=1)
"""An entry that is older and not archived is a finding; the archive is usually a few seconds behind the table."""
CLOCKS_APART = timedelta(minutes=5)
"""How far the clocks of two workers may differ before an order of times is a finding."""


def register_of(now: datetime) -> Register:
    """Return an empty register that judges as of a time."""
    return Register(int(now.timestamp()), stamp(now - ARCHIVED_WITHIN), stamp(now + CLOCKS_APART))


def differences(register: Register) -> Iterator[Finding]:
    """Yield every difference between the facts of a complete register; each names its entry."""
    for fact, places in register.ask(questions.CONTRADICTED):
        yield _finding("archive-contradicts", Part.ARCHIVE, fact, f"{places} say different things of one entry")
    for fact, place in register.ask(questions.REMOVED):
        detail = f"archived in {place} and not in the table: removed there, or inserted into the archive"
        yield _finding("entry-removed", Part.TABLE, fact, detail)
    for fact, place in register.ask(questions.CHANGED):
        yield _finding("entry-changed", Part.TABLE, fact, f"the table says something else of it than {place}")
    for fact, recorded in register.ask(questions.ABSENT):
        detail = f"recorded at {recorded} and not archived: inserted into the table, or removed from the archive"
        yield _finding("entry-not-archived", Part.TABLE, fact, detail)
    yield from _of_links(register)


def unlinked_parents(register: Register) -> set[str]:
    """Return the parents of entries whose link leads nowhere so far."""
    return {fact.parent_run_id for fact, _ in register.ask(questions.UNLINKED) if fact.parent_run_id}


def _of_links(register: Register) -> Iterator[Finding]:
    for fact, previous in register.ask(questions.UNLINKED):
        detail = f"it follows an entry of its run that is nowhere, with SHA-256 {previous[:12]}…"
        yield _finding("link-broken", Part.TABLE, fact, detail)
    for fact, recorded in register.ask(questions.BACKWARDS):
        if _later(recorded, fact.recorded_at):
            detail = f"recorded at {fact.recorded_at}, and follows an entry of {recorded}"
            yield _finding("link-backwards", Part.TABLE, fact, detail)


def _finding(code: str, part: Part, fact: Fact, detail: str) -> Finding:
    return Finding(code, part, f"{fact.pk} {fact.sk}", detail, fact.run_token, fact.run_id, fact.status)


def _later(one: str, other: str) -> bool:
    """Return whether a time lies further after another than clocks are apart; a text that is no time is later."""
    try:
        return datetime.fromisoformat(one) - datetime.fromisoformat(other) > CLOCKS_APART
    except (ValueError, TypeError):
        return True
