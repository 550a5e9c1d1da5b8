"""Letting a run of a workflow go on from the step that failed: a new execution of the same run token and input.

Steps that have finished give the result that they kept, so nothing is done twice. In this order: the run's letters are
taken, so that nobody replays them meanwhile; the ``redriven`` entry is written; the execution starts; the letters are
removed. A crash in between leaves letters, and whoever redrives again sees what is running.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.errors import UserError
from constructs_lib.operations.in_order import in_order
from constructs_lib.operations.reconcile.workflow_run import is_end_of_run
from constructs_lib.operations.sending import OPERATOR_VERSION, new_id, utc_now
from constructs_lib.operations.workflow.executions import RUNNING, SUCCEEDED, Execution, number_of
from functions.contract.ledger import LedgerEntry, Status
from functions.contract.message import ITEM_FAILED
from functions.contract.workflow import RUN, below_run_id, execution_name, replay_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from constructs_lib.operations.dead_letters import DeadLetter, DeadLetterQueue
    from constructs_lib.operations.sending import LedgerOfTokens
    from constructs_lib.operations.workflow.executions import Executions

_REPLAY = "pipelines replay --run-token sends its letter again: finished steps are not done twice then either"


@dataclass(frozen=True)
class Redrive:
    """What a redrive of one run would be."""

    run_token: str
    name: str
    """Name of the execution that is to go on."""
    number: int
    """How often the run was redriven, this time included."""
    before: Execution
    """The newest execution of the run."""
    started: LedgerEntry
    ended: LedgerEntry | None
    """How the newest execution ended; None where nothing was told."""
    failed_items: tuple[str, ...]
    """Items of maps that have failed, by their paths."""


@dataclass(frozen=True, kw_only=True)
class Redriver:
    """Redrives runs of one pipeline on behalf of ``operator`` (the ARN of who is asking); retention in seconds."""

    executions: Executions
    ledger: LedgerOfTokens
    letters: DeadLetterQueue
    operator: str
    ledger_retention: int
    now: Callable[[], str] = utc_now
    new_id: Callable[[], str] = new_id

    def plan(self, run_token: str) -> Redrive:
        """Return what a redrive would be; nothing is changed.

        Raises:
            UserError: ``run-unknown``, ``run-not-started``, ``run-still-running``, ``run-succeeded`` or
                ``execution-gone``.
        """
        entries = self.ledger.of_run_token(run_token)
        started = next((entry for entry in entries if entry.status is Status.STARTED), None)
        if started is None:
            raise _never_started(run_token, known=bool(entries))
        found = sorted(self.executions.of(_names(run_token, entries)), key=lambda execution: execution.started)
        running = [execution.name for execution in found if execution.status == RUNNING]
        if not running and started.run_id == below_run_id(run_token):
            running = list(self.executions.running(run_token))
        if running:
            fix = f"wait for its end, or stop the execution {running[0]} in Step Functions"
            raise UserError.of("run-still-running", run_token, f"{running[0]} runs", "a run that has ended", fix)
        items = self._failed_items(entries, _redriven_at(entries, found))
        done = any(entry.status is Status.SUCCEEDED for entry in entries) or (found and found[-1].status == SUCCEEDED)
        if done and not items:
            found_text, allowed = "it has succeeded", "a run that has failed, or items of which some have"
            raise UserError.of("run-succeeded", run_token, found_text, allowed, "there is nothing to go on with")
        if not found:
            allowed = "a run whose executions Step Functions still knows"
            raise UserError.of("execution-gone", run_token, "its executions are no longer kept", allowed, _REPLAY)
        ends = [entry for entry in entries if is_end_of_run(entry) and entry.status is not Status.SUCCEEDED]
        number = 1 + max(number_of(name) for name in (*(one.name for one in found), *(end.run_id for end in ends)))
        ended = ends[-1] if ends else None
        return Redrive(run_token, execution_name(run_token, number), number, found[-1], started, ended, items)

    def redrive(self, planned: Redrive) -> tuple[str, ...]:
        """Let the run go on, and return the ids of the letters that were removed: a later failure brings new ones."""
        held = self._take(planned)
        try:
            entry = self._entry(planned)
            self.ledger.add(entry)
            self.executions.start(planned.name, _input(planned, entry))
            removed = []
            while held:
                self.letters.remove(held[-1])
                removed.append(held.pop().message_id)
        finally:
            for letter in held:
                self.letters.put_back(letter)
        return tuple(removed)

    def _failed_items(self, entries: tuple[LedgerEntry, ...], since: str) -> tuple[str, ...]:
        """Return the items of maps that have failed since the newest redrive, which tries all earlier ones again.

        Their parent is the attempt that started the execution: the first, or that of a replayed letter, or
        that of a step of another workflow.
        """
        own, below = (entry.run_id for entry in entries), below_run_id(entries[0].run_token)
        tried = dict.fromkeys(run for run in own if run == below or not run.startswith(entries[0].run_token))
        told = (entry for found in in_order(self.ledger.of_parent_run, tried) for entry in found)
        failed = (entry for entry in told if entry.status is Status.DEAD_LETTERED and entry.recorded_at > since)
        return tuple(sorted({entry.step for entry in failed if entry.step}))

    def _take(self, planned: Redrive) -> list[DeadLetter]:
        """Return the run's letters, hidden from others; those of other runs are visible again."""
        own: list[DeadLetter] = []
        others: list[DeadLetter] = []
        try:
            for letter in self.letters.take():
                (own if _tells_of(letter, planned) else others).append(letter)
        finally:
            for letter in others:
                self.letters.put_back(letter)
        return own

    def _entry(self, planned: Redrive) -> LedgerEntry:
        last, recorded_at = planned.ended or planned.started, self.now()
        return replace(
            planned.started,
            status=Status.REDRIVEN,
            run_id=f"{planned.name}.redriven.{self.new_id()}",
            parent_run_id=planned.started.run_id,
            previous_hash=last.hash,
            attempt=0,
            recorded_at=recorded_at,
            duration_ms=0,
            function=self.operator,
            function_version=OPERATOR_VERSION,
            request_id=planned.name,
            queued_at=None,
            location=None,
            drift=(),
            expires_at=int(datetime.fromisoformat(recorded_at).timestamp()) + self.ledger_retention,
        )


def _names(run_token: str, entries: tuple[LedgerEntry, ...]) -> Iterator[str]:
    """Yield every name that an execution of the run may have: redrives, replayed letters, and what the ledger says."""
    redriven = sum(entry.status is Status.REDRIVEN for entry in entries)
    names = [execution_name(run_token, number) for number in range(redriven + 1)]
    messages = (entry.run_id.rpartition(".")[0] for entry in entries if entry.parent_run_id)
    names += [replay_name(run_token, message) for message in messages if message]
    names += [entry.run_id for entry in entries if is_end_of_run(entry)]
    yield from dict.fromkeys(names)


def _redriven_at(entries: tuple[LedgerEntry, ...], found: list[Execution]) -> str:
    """Return when the newest redrive was recorded whose execution has started; empty where there is none."""
    names = {execution.name for execution in found}
    redriven = (entry for entry in entries if entry.status is Status.REDRIVEN and entry.request_id in names)
    return max((entry.recorded_at for entry in redriven), default="")


def _tells_of(letter: DeadLetter, planned: Redrive) -> bool:
    """Return whether a letter is of an execution that has ended, or of an item of the run."""
    failure = letter.failure
    if failure is None or failure.run_token != planned.run_token:
        return False
    return failure.reason == ITEM_FAILED or failure.run_id.startswith(planned.run_token)


def _input(planned: Redrive, entry: LedgerEntry) -> str:
    """Return the input of the newest execution, with the number of the redrive and the entry that it follows."""
    given: dict[str, Any] = json.loads(planned.before.input)
    run = {**given[RUN], "redrive": planned.number, "head": entry.hash}
    return json.dumps({**given, RUN: run}, ensure_ascii=False, separators=(",", ":"))


def _never_started(run_token: str, *, known: bool) -> UserError:
    if not known:
        fix = "pipelines ledger list shows run tokens"
        return UserError.of("run-unknown", run_token, "no entry of this run token", "a run token", fix)
    allowed, fix = "a run that a workflow was started for", "pipelines replay sends its dead letter again"
    return UserError.of("run-not-started", run_token, "no workflow was started for it", allowed, fix)
