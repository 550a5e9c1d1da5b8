"""Everything that a reconciliation asks AWS for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from constructs_lib.errors import UserError
from constructs_lib.operations.bucket import S3Objects
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.reconcile.door import Door, accepted_at
from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.landed import missing_objects
from constructs_lib.operations.reconcile.parts import Waiting, account
from constructs_lib.operations.reconcile.reconciliation import Reconciler, Reconciliation
from constructs_lib.operations.window import Window
from functions.contract.environment import TenantSettings, Variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import boto3
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType

    from constructs_lib.model.fan_out import FanOutPlan, WorkerPlan
    from constructs_lib.model.intake import QueuePlan
    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.operations.archive import Archive
    from constructs_lib.operations.dead_letters import DeadLetter
    from functions.contract.ledger import LedgerEntry

_COUNTS: tuple[QueueAttributeNameType, ...] = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


@dataclass(frozen=True)
class Sources:
    """A deployed pipeline, as far as a reconciliation looks at it."""

    plan: PipelinePlan
    session: boto3.Session
    archive: Archive
    now: datetime

    def reconcile(self, window: Window, accepted_ids: Iterable[str] | None, *, objects: bool) -> Reconciliation:
        """Account for a window; the outcomes are read until now.

        Raises:
            UserError: ``nothing-to-reconcile``, or what the archive raises.
        """
        if not self.plan.queues:
            allowed, fix = "a pipeline with a queue", "its callers were answered; pipelines ledger list shows the runs"
            found = "the pipeline answers synchronously"
            raise UserError.of("nothing-to-reconcile", self.plan.pipeline, found, allowed, fix)
        accepted = self._accepted(window, accepted_ids)
        entries = tuple(self.archive.entries(Window(window.since, self.now), self.now))
        sqs = self.session.client("sqs")
        dead_letters = {queue.dead_letter_queue for queue in self.plan.queues}
        dead_letters |= {stream.dead_letter_queue for stream in self.plan.streams}
        own = [queue for queue in self.plan.queues if not (self._fan_out and self._fan_out.worker_of(queue.id))]
        letters = [one for queue in own if queue.id in dead_letters for one in _letters(sqs, queue)]
        buffered = sum(_depth(sqs, queue) for queue in own if queue.id not in dead_letters)
        kept = timedelta(seconds=max(self._kept()))
        machine = self.plan.state_machine
        longest = timedelta(seconds=machine.timeout) if machine is not None else None
        done = Reconciler(Trails.of(entries), letters, buffered, self.now, kept, longest).reconcile(accepted, window)
        if self._fan_out:
            done = self._with_parts(done, self._fan_out, entries)
        if not objects:
            return done
        s3 = self.session.client("s3")
        missing = missing_objects(entries, lambda place: S3Objects(s3, place.bucket).exists(place.key))
        return replace(done, unexplained=tuple(sorted((*done.unexplained, *missing))))

    @property
    def _fan_out(self) -> FanOutPlan | None:
        return self.plan.fan_out

    def _with_parts(
        self, done: Reconciliation, fan_out: FanOutPlan, entries: tuple[LedgerEntry, ...]
    ) -> Reconciliation:
        """Account for what the workers owe, too."""
        sqs = self.session.client("sqs")
        waiting = {one.name: self._waiting(sqs, one) for one in fan_out.workers}
        variables = self.plan.function(self.plan.runner).environment
        tenant = next(one.value for one in variables if one.name == Variable.TENANT)
        found = account(fan_out, entries, waiting, by_tenant=TenantSettings.from_json(tenant).key is not None)
        unexplained = tuple(sorted((*done.unexplained, *found.unexplained)))
        return replace(done, owed=found.owed, parts=found.counts, unexplained=unexplained)

    def _waiting(self, sqs: SQSClient, worker: WorkerPlan) -> Waiting:
        letters = list(_taken(sqs, self.plan.queue(worker.dead_letter_queue)))
        tokens = [letter.failure.run_token for letter in letters if letter.failure]
        depth = _depth(sqs, self.plan.queue(worker.queue))
        return Waiting(frozenset(tokens), len(letters) - len(tokens), depth)

    def _kept(self) -> Iterator[int]:
        """Yield for how many seconds a record may wait before it is given up."""
        yield from (queue.retention_period for queue in self.plan.queues if queue.dead_letter_queue)
        yield from (stream.max_record_age for stream in self.plan.streams)

    def _accepted(self, window: Window, ids: Iterable[str] | None) -> list[Accepted] | None:
        """What the sender kept counts as well as what the door wrote; None where neither knows."""
        door = Door.of(self.plan)
        if door is None and ids is None:
            return None
        seen = list(accepted_at(door, self.session.client("logs"), window)) if door else []
        kept = {one.id for one in seen}
        return [*seen, *(Accepted(id, "") for id in dict.fromkeys(ids or ()) if id not in kept)]


def _letters(sqs: SQSClient, queue: QueuePlan) -> Iterator[Letter]:
    """Yield what reconciliation asks of every letter."""
    yield from map(Letter.of, _taken(sqs, queue))


def _taken(sqs: SQSClient, queue: QueuePlan) -> Iterator[DeadLetter]:
    """Look at every letter, and put all back: others see them a moment later."""
    letters = DeadLetterQueue(sqs, _url(sqs, queue))
    taken: list[DeadLetter] = []
    try:
        for letter in letters.take():
            taken.append(letter)
            yield letter
    finally:
        for letter in taken:
            letters.put_back(letter)


def _depth(sqs: SQSClient, queue: QueuePlan) -> int:
    counts = sqs.get_queue_attributes(QueueUrl=_url(sqs, queue), AttributeNames=list(_COUNTS))["Attributes"]
    return sum(int(counts[name]) for name in _COUNTS)


def _url(sqs: SQSClient, queue: QueuePlan) -> str:
    return sqs.get_queue_url(QueueName=queue.name)["QueueUrl"]
