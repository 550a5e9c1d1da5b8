"""What sharing out costs an event: each message is paid once to be handed over, and again by every worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.costs import BATCH_SECONDS, LOG_BYTES_PER_EVENT, WRITES_PER_EVENT
from constructs_lib.composition.fan_out.handing import NEEDED_BY
from constructs_lib.model.plan import CostDriver
from functions.contract.share import TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from constructs_lib.declaration.fan_out import FanOut, Worker
    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.functions import FunctionPlan

WRITES_PER_PART = 3
"""The part itself, and the two refused inserts of its group, about 1 KB each."""
READS_PER_PART = 1
"""The group's parts, read by whoever may be the last, and by the one that joins them."""
REQUESTS_PER_JOIN, WRITES_PER_JOIN = 8, 6
"""Two signals, each sent, received, hidden or deleted; the group, its changes, claim and ledger entry."""


def fan_out_costs(
    fan_out: FanOut,
    functions: tuple[FunctionPlan, ...],
    outputs: Mapping[str, Contribution],
    *,
    joins: bool,
) -> tuple[CostDriver, ...]:
    """Return what an event costs beyond its first function; ``outputs`` are what each output and store takes a run."""
    by_id = {function.id: function for function in functions}
    messages = fan_out.messages_per_event()
    publish = "sns-publish" if fan_out.via == TOPIC else "event-published"
    drivers = [CostDriver(meter=publish, quantity_per_event=messages, needed_by=NEEDED_BY)]
    for worker in fan_out.workers:
        drivers += _worker_costs(worker, by_id[worker.function_id()].memory, messages)
        for name in (*worker.outputs, *worker.stores):
            drivers += _multiplied(outputs.get(name), messages)
    if joins:
        drivers += _join_costs(len(fan_out.workers) * messages, by_id)
    return tuple(drivers)


def _worker_costs(worker: Worker, memory: int, messages: int) -> Iterator[CostDriver]:
    batches = messages / worker.batch_size
    for meter, quantity in (
        ("sqs-request", 2 * batches),
        ("lambda-request", batches),
        ("lambda-gb-second", batches * BATCH_SECONDS * memory / 1024),
        ("dynamodb-write", messages * WRITES_PER_EVENT),
        ("logs-gb", messages * LOG_BYTES_PER_EVENT / 10**9),
    ):
        yield CostDriver(meter=meter, quantity_per_event=quantity, needed_by=f"fan_out.workers.{worker.name}")


def _multiplied(contribution: Contribution | None, runs: int) -> Iterator[CostDriver]:
    for driver in contribution.cost_drivers if contribution else ():
        if driver.quantity_per_event:
            yield driver.model_copy(
                update={"quantity_per_event": driver.quantity_per_event * runs, "quantity_per_month": 0.0}
            )


def _join_costs(parts: int, functions: Mapping[str, FunctionPlan]) -> Iterator[CostDriver]:
    memory = max(function.memory for function in functions.values())
    for meter, quantity in (
        ("dynamodb-write", parts * WRITES_PER_PART + WRITES_PER_JOIN),
        ("dynamodb-read", parts * READS_PER_PART * 2),
        ("sqs-request", REQUESTS_PER_JOIN),
        ("lambda-request", 2),
        ("lambda-gb-second", BATCH_SECONDS * memory / 1024),
    ):
        yield CostDriver(meter=meter, quantity_per_event=quantity, needed_by="fan_in")
