"""What one event costs before it is priced: quantities per event of the meters in the catalogue's price list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.model.plan import CostDriver

if TYPE_CHECKING:
    from constructs_lib.declaration.pipeline import PipelineDeclaration
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.functions import FunctionPlan

BATCH_SECONDS = 1.0
"""Billed seconds of one batch that the price assumes; the declaration states no duration."""
REQUEST_SECONDS = 0.1
"""Billed seconds of one synchronous request that the price assumes."""
LOG_BYTES_PER_EVENT = 1000
"""Log text of one event that the price assumes, in bytes."""
WRITES_PER_EVENT = 2
"""Claim and ledger entry, each below 1 KB."""
PARTS_PER_GROUP = 10
"""Parts of a group that the price assumes; the declaration may leave their number to the records."""
WRITES_PER_GROUP = 6
"""The group itself, its three changes, claim and ledger entry of its consolidation, each about 1 KB."""
READS_PER_GROUP = 8
"""Reads of group, completion, claim and parts around a consolidation, each up to 4 KB."""
REQUESTS_PER_GROUP = 8
"""Two signals: each sent, received, hidden or deleted."""
WRITES_PER_REQUEST = 3
"""Claim, the response kept with it, and ledger entry, each below 1 KB."""
WRITES_PER_READ = 1
"""The ledger entry alone."""


def pipeline_costs(
    runner: FunctionPlan, declaration: PipelineDeclaration, contributions: tuple[Contribution, ...]
) -> tuple[CostDriver, ...]:
    """Return what every pipeline costs an event, and what its source and outputs add."""
    delivery = declaration.source.delivery()
    streams = [stream for part in contributions for stream in part.streams]
    batches = 1.0 if delivery == "answer" else 1 / (streams[0] if streams else declaration.queue).batch_size
    seconds = REQUEST_SECONDS if delivery == "answer" else BATCH_SECONDS
    writes = WRITES_PER_REQUEST if delivery == "answer" else WRITES_PER_EVENT
    writes = WRITES_PER_READ if declaration.source.reads() else writes
    gb_seconds = batches * seconds * runner.memory / 1024
    queue = CostDriver(meter="sqs-request", quantity_per_event=1 + 2 * batches, needed_by="queue")
    own = (
        CostDriver(meter="lambda-request", quantity_per_event=batches, needed_by="runner"),
        CostDriver(meter="lambda-gb-second", quantity_per_event=gb_seconds, needed_by="runner"),
        *((queue,) if delivery == "queue" else ()),
        CostDriver(meter="dynamodb-write", quantity_per_event=writes, needed_by="ledger"),
        CostDriver(meter="logs-gb", quantity_per_event=LOG_BYTES_PER_EVENT / 10**9, needed_by="observability"),
    )
    own += fan_in_costs(runner, batches) if declaration.fan_in and declaration.fan_out is None else ()
    return (*own, *(driver for part in contributions for driver in part.cost_drivers))


def fan_in_costs(runner: FunctionPlan, batches: float) -> tuple[CostDriver, ...]:
    """Return what fan-in adds an event, for groups of ten parts that come in batches of their own group."""
    groups = 1 / PARTS_PER_GROUP
    return tuple(
        CostDriver(meter=meter, quantity_per_event=quantity, needed_by="fan_in")
        for meter, quantity in (
            ("dynamodb-write", 1 + batches + groups * WRITES_PER_GROUP),
            ("dynamodb-read", 2 * batches + groups * READS_PER_GROUP),
            ("sqs-request", groups * REQUESTS_PER_GROUP),
            ("lambda-request", 2 * groups),
            ("lambda-gb-second", groups * BATCH_SECONDS * runner.memory / 1024),
        )
    )
