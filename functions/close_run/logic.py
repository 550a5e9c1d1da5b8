"""Closing: an execution that ended without a state of its own gets its letter and its entry, once.

A run that a step of another workflow has started has no letter: whoever runs that again runs this one again, too.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from functions.contract.ledger import Status, partition, sort
from functions.contract.message import EXHAUSTED, FAILURE, PERMANENT, Failure, fits, in_order
from functions.contract.workflow import FOR_GOOD, LETTER, NEVER_RETRIED, RUN, Letter, RunFacts, end_run_id
from functions.runtime.masking import MAX_MESSAGE, masked
from functions.runtime.run_entry import stamp
from functions.runtime.settings import MASKED_CLASSES
from functions.runtime.wire_text import clipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from functions.contract.ledger import LedgerEntry
    from functions.runtime.back_pressure.state_items import StateItems
    from functions.runtime.run_entry import Writer

NAMES = {"TIMED_OUT": "States.Timeout", "ABORTED": "States.Aborted", "FAILED": "States.Runtime"}
"""What a closed execution failed of where it does not say so itself."""


class NotClosed(Exception):  # noqa: N818 - it says what happened
    """Queue or ledger did not take the end of a run; EventBridge tells of it again."""


class Executions(Protocol):
    """What is known of executions."""

    def input_of(self, arn: str) -> str:
        """Return what an execution was started with; raises what AWS calls raise."""


class Letters(Protocol):
    """The dead-letter queue."""

    @property
    def url(self) -> str:
        """Where it is."""

    def send(self, message: Mapping[str, Any]) -> None:
        """Put a message; raises what AWS calls raise."""


@dataclass(frozen=True)
class Closing:
    """Closes the runs of one pipeline; ``entries`` are the items of the ledger, ``now`` returns seconds since 1970."""

    writer: Writer
    entries: StateItems
    executions: Executions
    letters: Letters
    now: Callable[[], float]

    def close(self, detail: Mapping[str, Any], request_id: str) -> bool:
        """Write down how an execution ended; return False where its own states have done that.

        The letter goes first: whoever is interrupted between the two sends it again, and one of them is a duplicate.

        Raises:
            NotClosed: the ledger did not take the entry.
            ValueError: the execution was started with something that is no run of a pipeline.
        """
        run, letter = self._given(detail)
        name = str(detail["name"])
        entry = self._entry(run, name, detail, request_id)
        if any(self.entries.read(key) for key in (_key(entry, Status.SUCCEEDED), _key(entry, entry.status))):
            return False
        if not run.is_below:
            self.letters.send(self._message(letter, entry, _reason(detail)))
        item = entry.to_item()
        answer = self.entries.insert((entry.pk, entry.sk), {k: v for k, v in item.items() if k not in ("pk", "sk")})
        if not answer.done and not answer.conflict:
            raise NotClosed(answer.code)
        return True

    def _given(self, detail: Mapping[str, Any]) -> tuple[RunFacts, Letter]:
        """EventBridge leaves out what is too large for an event."""
        told = detail.get("input") or self.executions.input_of(str(detail["executionArn"]))
        try:
            given = json.loads(told)
            return RunFacts(**given[RUN]), Letter(**given[LETTER])
        except (TypeError, KeyError) as error:
            raise ValueError(f"no run of a pipeline: {type(error).__name__}") from None

    def _entry(self, run: RunFacts, name: str, detail: Mapping[str, Any], request_id: str) -> LedgerEntry:
        hidden = self.writer.data_class in MASKED_CLASSES
        said = clipped(str(detail.get("cause") or ""), MAX_MESSAGE)
        status = Status.FAILED if run.is_below else Status.DEAD_LETTERED
        entry = self.writer.entry(run, status, end_run_id(name), self.now(), request_id)
        return replace(
            entry,
            attempt=run.redrive + 1,
            duration_ms=max(0, int(detail.get("stopDate") or 0) - int(detail.get("startDate") or 0)),
            error_type=_name(detail).removesuffix(FOR_GOOD),
            error_message=(masked(said) if hidden else said) if said else None,
        )

    def _message(self, letter: Letter, entry: LedgerEntry, reason: str) -> dict[str, Any]:
        """Return the letter with its failure, or as much of that as fits."""
        failure = Failure(
            reason=reason,
            run_token=entry.run_token,
            run_id=entry.run_id,
            tenant=entry.tenant,
            error_type=entry.error_type or "",
            error_message=entry.error_message or "",
            failed_at=stamp(self.now()),
        )
        order = in_order(self.letters.url, letter.group, entry.run_id)
        message = {"MessageBody": letter.body, **(order if "MessageDeduplicationId" in order else {})}
        for one in (failure, replace(failure, error_message="")):
            told = {**letter.attributes, FAILURE: {"DataType": "String", "StringValue": one.to_json()}}
            if fits(letter.body.encode(), told):
                return {**message, "MessageAttributes": told}
        return {**message, "MessageAttributes": letter.attributes}


def _name(detail: Mapping[str, Any]) -> str:
    return str(detail.get("error") or NAMES.get(str(detail["status"]), detail["status"]))


def _reason(detail: Mapping[str, Any]) -> str:
    """No retry cures what a step has said so of; of anything else that is not known."""
    name = _name(detail)
    return PERMANENT if name in NEVER_RETRIED or name.endswith(FOR_GOOD) else EXHAUSTED


def _key(entry: LedgerEntry, status: Status) -> tuple[str, str]:
    return partition(entry.pipeline, entry.run_token), sort(status, entry.run_id)
