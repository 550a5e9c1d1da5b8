"""Asking: a question is kept under its step, told to the platform's bus, and answered at once if a decision stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.approval import APPROVED, REJECTED, Question
from functions.contract.events import ApprovalAsked, DetailType, Event
from functions.contract.identity import canonical_json
from functions.contract.ledger import Status
from functions.contract.state import approval_key
from functions.contract.workflow import INPUT, MESSAGE, TIMEOUT_SECONDS
from functions.runtime.errors import ContractBreak
from functions.runtime.given import Given
from functions.runtime.run_entry import stamp
from functions.runtime.schedule.versioned_item import VersionedItem
from functions.runtime.settings import MASKED_CLASSES
from functions.runtime.steps.references import refers
from functions.runtime.wire_text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.events import EventSink
    from functions.runtime.ledger import LedgerStore
    from functions.runtime.run_entry import Writer
    from functions.runtime.steps.references import Values

KEPT_SECONDS = 90 * 86_400
"""How long a question is kept after its gate has ended: a run can be redriven for as long."""
MAX_MESSAGE = 8_000
"""Characters of a question: an event of the bus and an item of the table have room for them."""
RACES = 5
"""Times that somebody may decide between a look at the question and its change."""


class PlatformBusy(Exception):  # noqa: N818 - the name by which state machines know it: contract.workflow.PLATFORM_BUSY
    """Table, ledger or bus has not taken what belongs to the question; it is asked again."""


class Gate(Protocol):
    """What waits for the answer. A gate that waits no more takes none, and that is no error."""

    def open(self, callback: str, result: Mapping[str, Any]) -> None:
        """Let the run go on."""

    def refuse(self, callback: str, cause: Mapping[str, Any]) -> None:
        """Let the step fail as ``ApprovalRejected``."""


@dataclass(frozen=True)
class Asking:
    """Asks the persons of one pipeline; ``now`` returns seconds since 1970."""

    writer: Writer
    items: StateItems
    ledger: LedgerStore
    events: EventSink
    gate: Gate
    values: Values
    """Where the large parts of a message are."""
    now: Callable[[], float]

    def ask(self, event: Mapping[str, Any], request_id: str) -> None:
        """Keep the question of one step.

        An approval that stands opens the gate at once, in a redriven run, too; a rejection only closes the gate of the
        execution that it was meant for.

        Raises:
            PlatformBusy: something did not take it; asking again is safe.
        """
        given = Given.of(event)
        asked = self._question(given, event[INPUT])
        standing = self._kept(asked)
        if standing is not None and standing.decision == APPROVED:
            self.gate.open(asked.callback, standing.answer())
        elif standing is not None:
            self.gate.refuse(asked.callback, {"rejected_by": standing.decided_by, "comment": standing.comment})
        else:
            self._record(given, asked, request_id)
            self._tell(asked)

    def _question(self, given: Given, asked: Mapping[str, Any]) -> Question:
        now, said = self.now(), self._resolved(asked[MESSAGE])
        ends = now + float(asked[TIMEOUT_SECONDS])
        return Question(
            run_token=given.run.token,
            run_id=given.run.run_id,
            step=given.step.path,
            tenant=given.run.tenant,
            correlation_id=given.run.correlation_id,
            payload_hash=given.run.payload_hash,
            message=clipped(said if isinstance(said, str) else canonical_json(said), MAX_MESSAGE),
            callback=given.step.callback,
            execution=given.step.execution,
            asked_at=stamp(now),
            ends_at=stamp(ends),
            kept_until=int(ends) + KEPT_SECONDS,
            redrive=given.run.redrive,
        )

    def _resolved(self, said: Any) -> Any:
        """Return the message as it was meant; one whose large part is gone is asked as it stands in the state."""
        try:
            return self.values.resolved(said) if refers(said) else said
        except ContractBreak:
            return said

    def _kept(self, asked: Question) -> Question | None:
        """Keep a question in the place of an earlier one; return the earlier one where its decision still holds."""
        item = VersionedItem(self.items, approval_key(self.writer.pipeline, asked.run_token, asked.step))
        for _ in range(RACES):
            value, revision = item.read()
            before = Question(**value) if value else None
            if before is not None and _holds(before, asked):
                return before
            if item.write(vars(asked), revision, expires_at=asked.kept_until):
                return None
        raise PlatformBusy("the question is being changed")

    def _record(self, given: Given, asked: Question, request_id: str) -> None:
        run_id = f"{asked.run_id}.asked.{asked.step}.{asked.redrive}"
        entry = self.writer.entry(given.run, Status.OPERATED, run_id, self.now(), request_id)
        entry = replace(entry, step=asked.step, error_message=f"a person is asked until {asked.ends_at}")
        answer = self.ledger.insert([entry])[0]
        if not answer.done and not answer.conflict:
            raise PlatformBusy(answer.code)

    def _tell(self, asked: Question) -> None:
        hidden = self.writer.data_class in MASKED_CLASSES
        told = ApprovalAsked(
            pipeline=self.writer.pipeline,
            stage=self.writer.stage,
            tenant=asked.tenant,
            run_token=asked.run_token,
            run_id=asked.run_id,
            step=asked.step,
            message="" if hidden else asked.message,
            ends_at=asked.ends_at,
        )
        (code,) = self.events.put([Event(DetailType.APPROVAL_ASKED, told)])
        if code is not None:
            raise PlatformBusy(code)


def _holds(before: Question, asked: Question) -> bool:
    rejected_here = before.decision == REJECTED and before.execution == asked.execution
    return before.decision == APPROVED or rejected_here
