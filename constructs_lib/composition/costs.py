"""What one event costs before it is priced: quantities per event of the meters in the catalogue's price list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.plan import CostDriver, FunctionPlan

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.kinds import Contribution

BATCH_SECONDS = 1.0
"""Billed seconds of one batch that the price assumes; the declaration states no duration."""
REQUEST_SECONDS = 0.1
"""Billed seconds of one synchronous request that the price assumes."""
LOG_BYTES_PER_EVENT = 1000
"""Log text of one event that the price assumes, in bytes."""
WRITES_PER_EVENT = 2
"""Claim and ledger entry, each below 1 KB."""
WRITES_PER_REQUEST = 3
"""Claim, the response kept with it, and ledger entry, each below 1 KB."""


def pipeline_costs(
    runner: FunctionPlan, declaration: PipelineDeclaration, contributions: tuple[Contribution, ...]
) -> tuple[CostDriver, ...]:
    """Return what every pipeline costs an event, and what its source and outputs add."""
    buffered = declaration.source.buffered()
    batches = 1 / declaration.queue.batch_size if buffered else 1.0
    seconds, writes = (BATCH_SECONDS, WRITES_PER_EVENT) if buffered else (REQUEST_SECONDS, WRITES_PER_REQUEST)
    gb_seconds = batches * seconds * runner.memory / 1024
    queue = CostDriver(meter="sqs-request", quantity_per_event=1 + 2 * batches, needed_by="queue")
    own = (
        CostDriver(meter="lambda-request", quantity_per_event=batches, needed_by="runner"),
        CostDriver(meter="lambda-gb-second", quantity_per_event=gb_seconds, needed_by="runner"),
        *((queue,) if buffered else ()),
        CostDriver(meter="dynamodb-write", quantity_per_event=writes, needed_by="ledger"),
        CostDriver(meter="logs-gb", quantity_per_event=LOG_BYTES_PER_EVENT / 10**9, needed_by="observability"),
    )
    return (*own, *(driver for part in contributions for driver in part.cost_drivers))
