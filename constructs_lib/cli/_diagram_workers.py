"""The workers of a pipeline in its picture: what hands parts over, and each worker between its two queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.cli._diagram_ends import STAGE_SHAPE, resource_name, target_lines
from constructs_lib.cli._diagram_labels import label
from functions.contract.share import TOPIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.fan_out import FanOutPlan, WorkerPlan
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import MappingPlan
    from constructs_lib.model.plan import PipelinePlan

GROUPS, JOINING = "groups", "consolidator"


def worker_lines(plan: PipelinePlan) -> Iterator[str]:
    """Yield topic or bus, the workers, and the function that joins their results; nothing without a fan-out."""
    fan_out = plan.fan_out
    if fan_out is None:
        return
    yield f"runner ==>|{label(_told(fan_out))}| {_parts(plan, fan_out)}"
    mappings = {mapping.id: mapping for mapping in plan.mappings}
    joins = next((one for one in plan.mappings if one.queue == GROUPS), None)
    for number, worker in enumerate(fan_out.workers):
        yield from _worker(plan, worker, mappings[worker.mapping], f"worker{number}")
        if joins:
            yield f"worker{number} -->|{label('its part')}| {GROUPS}[[{label('queue of groups')}]]"
    if joins:
        yield from _joining(plan, joins)


def _told(fan_out: FanOutPlan) -> str:
    count = fan_out.messages_per_event
    return "the record" if count == 1 else f"up to {count:,} messages"


def _parts(plan: PipelinePlan, fan_out: FanOutPlan) -> str:
    word = "SNS topic" if fan_out.via == TOPIC else "EventBridge bus"
    return f"parts([{label(word, resource_name(plan.resource(fan_out.resource).name))}])"


def _worker(plan: PipelinePlan, worker: WorkerPlan, mapping: MappingPlan, node: str) -> Iterator[str]:
    function, queue, letters = plan.function(worker.function), f"{node}_queue", f"{node}_letters"
    yield f"parts --> {queue}[[{label(worker.queue)}]] -->|{label(f'batches of {mapping.batch_size}')}| {node}"
    yield f"{node}[{label(worker.name, _limits(function, mapping))}]"
    yield f"{node} -->|{label('budget spent')}| {letters}[[{label(worker.dead_letter_queue)}]] -.->|replay| {queue}"
    yield from _reach(function, node)


def _joining(plan: PipelinePlan, mapping: MappingPlan) -> Iterator[str]:
    function = plan.function(mapping.function)
    yield f"{GROUPS} -->|{label('complete, or at the timeout')}| {JOINING}"
    yield f"{JOINING}[{label(function.id, _limits(function, mapping))}]"
    yield f"{JOINING} -->|{label('budget spent')}| dlq"
    yield from _reach(function, JOINING)


def _reach(function: FunctionPlan, node: str) -> Iterator[str]:
    if any(grant.sid == "LandRaw" for grant in function.grants):
        yield f"{node} -->|{label('land')}| raw{STAGE_SHAPE}"
    yield from target_lines(function, node)


def _limits(function: FunctionPlan, mapping: MappingPlan) -> str:
    return f"{function.memory} MB, {function.timeout} s, at most {mapping.max_concurrency}"
