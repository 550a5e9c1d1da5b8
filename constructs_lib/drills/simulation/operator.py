"""The operator of a simulation: the platform's own replay, whose calls fail and whose process dies like any other."""

from __future__ import annotations

import itertools
from collections import deque
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from constructs_lib.drills.memory.faults import Crash
from constructs_lib.operations.dead_letters import DeadLetterQueue
from constructs_lib.operations.ledger import Ledger
from constructs_lib.operations.replay import Replayer, Selection
from constructs_lib.operations.sending import Sender
from constructs_lib.operations.window import stamp
from functions.runtime.aws_failures import AWS_FAILURES

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_sqs import SQSClient

    from constructs_lib.drills.world import World
    from constructs_lib.operations.dead_letters import DeadLetter

OPERATOR = "arn:aws:iam::111122223333:user/operator"


class Operator:
    """Sends dead letters back, one command at a time."""

    def __init__(self, world: World) -> None:
        """Work on the queues and the ledger of a world."""
        settings, numbers = world.settings, itertools.count(1)
        sqs, dynamodb = cast("SQSClient", world.sqs), cast("DynamoDBClient", world.dynamodb)
        ledger = Ledger(dynamodb, settings.ledger_table, settings.pipeline)
        sender = Sender(
            sqs=sqs,
            buffer_url=world.buffer,
            ledger=ledger,
            operator=OPERATOR,
            ledger_retention=settings.ledger_retention,
            now=lambda: stamp(datetime.fromtimestamp(world.clock.now(), UTC)),
            new_id=lambda: f"replay-{next(numbers)}",
        )
        self._letters = _Letters(sqs, world.dlq)
        groups = settings.fan_in.queue_url if settings.fan_in else ""
        self._replayer = Replayer(self._letters, sender, settings.stage, groups)
        self.busy = False
        """Whether a command is under way; set by whoever starts it."""

    def replay(self, limit: int | None) -> None:
        """Replay letters, all when there is no limit; a command that fails or dies leaves the rest where they are."""
        try:
            with suppress(*AWS_FAILURES, Crash):
                deque(self._replayer.replay(Selection(limit=limit)), maxlen=0)
            with suppress(*AWS_FAILURES, Crash):
                self._letters.close()
        finally:
            self.busy = False


class _Letters(DeadLetterQueue):
    """What a command has received and not yet looked at is put back when it ends, and not whenever Python likes."""

    _taking: Generator[DeadLetter, None, None] | None = None

    def take(self) -> Iterator[DeadLetter]:
        self._taking = cast("Generator[DeadLetter, None, None]", super().take())
        return self._taking

    def close(self) -> None:
        if self._taking is not None:
            self._taking.close()
