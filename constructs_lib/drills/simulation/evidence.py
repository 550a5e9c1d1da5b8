"""The operators' own questions, put to a world: is the evidence whole, and is all that was accepted explained."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from constructs_lib.drills.memory.evidence import EvidenceObjects, MemoryEvidence
from constructs_lib.operations.archive import Archive
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.reconcile.evidence import Accepted, Letter, Trails
from constructs_lib.operations.reconcile.landed import Location, missing_objects
from constructs_lib.operations.reconcile.reconciliation import Reconciler
from constructs_lib.operations.verify.verifier import Verifier
from constructs_lib.operations.window import Window
from functions.archive_ledger.logic import Archive as Archiver
from functions.runtime.partiql import from_attributes
from functions.seal_ledger.logic import Sealer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mypy_boto3_sqs import SQSClient

    from constructs_lib.drills.world import World
    from constructs_lib.operations.reconcile.reconciliation import Unexplained
    from constructs_lib.operations.verify.finding import Finding

STREAMED = 100
"""Items of one batch of the stream."""
DAYS = timedelta(days=2)
"""After so long the day on which everything was archived is over and sealed."""
KEPT = timedelta(days=14)
"""How long the buffer keeps a message, and longer than any world lasts."""


class Evidence:
    """Ledger and archive of one world, as they stand when everything is archived."""

    def __init__(self, world: World) -> None:
        """Archive the ledger's items in the order in which they were inserted, and seal the day once it is over."""
        self._world = world
        self._later = datetime.fromtimestamp(world.clock.now(), UTC) + DAYS
        stored = MemoryEvidence()
        self.archive = Archive(EvidenceObjects(stored), world.settings.pipeline)
        logger = world.services().logger
        logger.setLevel("CRITICAL")
        records = list(_stream(world.dynamodb.items(world.settings.ledger_table)))
        archiver = Archiver(stored, world.clock.now, logger)
        for start in range(0, len(records), STREAMED):
            archiver.archive(records[start : start + STREAMED])
        Sealer(stored, self._later.timestamp, logger).seal_all()

    def findings(self) -> tuple[Finding, ...]:
        """Return what ``pipelines ledger verify`` finds in table, archive and seals."""
        table = _Table(self._world)
        return Verifier(table=table, archive=self.archive, now=self._later, kept=KEPT).verify().findings

    def unexplained(self, accepted: Iterable[str]) -> tuple[Unexplained, ...]:
        """Return what ``pipelines reconcile`` cannot explain of the messages that were accepted."""
        window = Window(self._later - KEPT, self._later + DAYS)
        entries = tuple(self.archive.entries(window, self._later))
        world = self._world
        waiting = len(world.sqs.queue(world.buffer))
        reconciler = Reconciler(Trails.of(entries), _letters(world), waiting, self._later, KEPT)
        done = reconciler.reconcile([Accepted(id, "") for id in accepted], window)
        return (*done.unexplained, *missing_objects(entries, self._stands))

    def _stands(self, place: Location) -> bool:
        return f"s3://{place.bucket}/{place.key}" in self._world.s3.objects


class _Table:
    """The ledger's table."""

    def __init__(self, world: World) -> None:
        self.pipeline = world.settings.pipeline
        self._items = [from_attributes(item) for item in world.dynamodb.items(world.settings.ledger_table)]

    def every_item(self) -> Iterator[Mapping[str, Any]]:
        yield from self._items

    def items_of_run_tokens(self, run_tokens: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        wanted = set(run_tokens)
        yield from (item for item in self._items if item["pk"].partition("#")[2] in wanted)

    def items_of_parent_run(self, run_id: str) -> tuple[Mapping[str, Any], ...]:
        return tuple(item for item in self._items if item.get("parent_run_id") == run_id)


def _stream(items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for number, item in enumerate(items, 1):
        keys = {name: item[name] for name in ("pk", "sk")}
        yield {
            "eventName": "INSERT",
            "dynamodb": {"Keys": keys, "NewImage": dict(item), "SequenceNumber": str(number)},
        }


def _letters(world: World) -> list[Letter]:
    """Look at every letter as an operator does, and put all back."""
    queue = DeadLetterQueue(cast("SQSClient", world.sqs), world.dlq)
    letters = list(queue.take())
    for letter in letters:
        queue.put_back(letter)
    return [Letter.of(letter) for letter in letters]
