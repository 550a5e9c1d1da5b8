"""What a checkpoint adds to the runner: the cursor, and the right to send the next page to its own buffer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant, Variable
from constructs_lib.model.plan import CostDriver
from functions.contract.environment import CheckpointSettings
from functions.contract.environment import Variable as Name

if TYPE_CHECKING:
    from constructs_lib.declaration.checkpoint import Checkpoint
    from constructs_lib.model.plan_context import PlanContext

CURSOR_WRITES, CURSOR_READS = 2, 2
"""A run proposes where the cursor is to stand, and moves it; each below 1 KB."""


def checkpoint_part(checkpoint: Checkpoint, context: PlanContext) -> Contribution:
    """Return what pulls page by page need."""
    settings = CheckpointSettings(checkpoint.cursor, checkpoint.initial, int(checkpoint.overlap.total_seconds()))
    send = Grant(sid="NextPage", actions=("sqs:SendMessage",), resources=(context.queue_arn,), needed_by="checkpoint")
    return Contribution(
        runner_environment=(Variable(name=Name.CHECKPOINT, value=settings.to_json()),),
        runner_grants=(send,),
        cost_drivers=(
            CostDriver(meter="dynamodb-write", quantity_per_event=CURSOR_WRITES, needed_by="checkpoint"),
            CostDriver(meter="dynamodb-read", quantity_per_event=CURSOR_READS, needed_by="checkpoint"),
        ),
    )
