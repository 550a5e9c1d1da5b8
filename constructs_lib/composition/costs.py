"""What one event costs before it is priced: quantities per event of the meters in the catalogue's price list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.plan import CostDriver, FunctionPlan

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.kinds import Contribution

BATCH_SECONDS = 1.0
"""Billed seconds of one batch that the price assumes; the declaration states no duration."""
LOG_BYTES_PER_EVENT = 1000
"""Log text of one event that the price assumes, in bytes."""
WRITES_PER_EVENT = 2
"""Claim and ledger entry, each below 1 KB."""


def pipeline_costs(
    runner: FunctionPlan, declaration: PipelineDeclaration, contributions: tuple[Contribution, ...]
) -> tuple[CostDriver, ...]:
    """Return what every pipeline with a buffer costs an event, and what its source and outputs add."""
    batches = 1 / declaration.queue.batch_size
    own = (
        CostDriver(meter="lambda-request", quantity_per_event=batches, needed_by="runner"),
        CostDriver(
            meter="lambda-gb-second",
            quantity_per_event=batches * BATCH_SECONDS * runner.memory / 1024,
            needed_by="runner",
        ),
        CostDriver(meter="sqs-request", quantity_per_event=1 + 2 * batches, needed_by="queue"),
        CostDriver(meter="dynamodb-write", quantity_per_event=WRITES_PER_EVENT, needed_by="ledger"),
        CostDriver(meter="logs-gb", quantity_per_event=LOG_BYTES_PER_EVENT / 10**9, needed_by="observability"),
    )
    return (*own, *(driver for part in contributions for driver in part.cost_drivers))
