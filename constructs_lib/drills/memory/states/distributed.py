"""Distributed maps: each item, or batch of items, is an execution of its own that knows no variable of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.branches import item_input, items_of, together
from constructs_lib.drills.memory.states.errors import EXCEED_TOLERATED, StateError
from constructs_lib.drills.memory.states.execution import SUCCEEDED, Execution
from constructs_lib.drills.memory.states.readers import read_items
from constructs_lib.drills.memory.states.result_writer import write_results
from constructs_lib.drills.memory.states.scheduler import Pause, Signal
from constructs_lib.drills.memory.states.scope import size_of, within_limit

if TYPE_CHECKING:
    from collections.abc import Callable

    from constructs_lib.drills.memory.states.flow import Step
    from constructs_lib.drills.memory.states.scheduler import Work
    from constructs_lib.drills.memory.states.visit import Visit

MAX_CHILDREN = 10_000
"""Child executions at once where a map names no fewer (Step Functions quotas)."""
EXPRESS_SECONDS = 300
"""Longest run of an express execution (Step Functions quotas)."""


def distributed_state(visit: Visit) -> Step:
    """Run a child execution for each item or batch, and tolerate as many failures as the map says."""
    items = _read(visit)
    inputs = [item_input(visit, index, item) for index, item in enumerate(items)]
    batches = _batches(visit, inputs)
    run = visit.world.map_run(visit.frame.execution, visit.name)
    children: dict[int, Execution] = {}
    works = [_child(visit, run, number, value, children) for number, (value, _) in enumerate(batches)]
    most = visit.field("MaxConcurrency", 0) or MAX_CHILDREN
    try:
        yield from together(visit, works, most, _tolerance(visit, children, batches))
    except StateError as error:
        _write(visit, run, children)
        raise StateError(EXCEED_TOLERATED, f"too many items have failed, the first with {error}") from None
    written = _write(visit, run, children)
    outputs = [children[number].output for number in sorted(children) if children[number].status == SUCCEEDED]
    return visit.done(outputs if written is None else written)


def _read(visit: Visit) -> list[Any]:
    reader = visit.state.get("ItemReader")
    if reader is None:
        return items_of(visit)
    config, arguments = (visit.evaluate(reader.get(name, {})) for name in ("ReaderConfig", "Arguments"))
    return read_items(reader["Resource"], config, arguments, visit.world.objects)


def _batches(visit: Visit, inputs: list[Any]) -> list[tuple[Any, int]]:
    """Return the inputs of the child executions, each with its number of items."""
    batcher = visit.evaluate(visit.state.get("ItemBatcher", {}))
    if not batcher:
        return [(value, 1) for value in inputs]
    most, longest = batcher.get("MaxItemsPerBatch", len(inputs)), batcher.get("MaxInputBytesPerBatch", 262_144)
    shared = {"BatchInput": batcher["BatchInput"]} if "BatchInput" in batcher else {}
    batches: list[list[Any]] = []
    for value in inputs:
        if batches and len(batches[-1]) < most and size_of({**shared, "Items": [*batches[-1], value]}) <= longest:
            batches[-1].append(value)
        else:
            batches.append([value])
    return [(within_limit({**shared, "Items": batch}, "batch"), len(batch)) for batch in batches]


def _child(visit: Visit, run: str, number: int, value: Any, children: dict[int, Execution]) -> Callable[[], Work]:
    processor, world = visit.state["ItemProcessor"], visit.world
    express = processor["ProcessorConfig"].get("ExecutionType") == "EXPRESS"

    def work() -> Work:
        definition = {**processor, **({"TimeoutSeconds": EXPRESS_SECONDS} if express else {})}
        child = children[number] = world.begin(run, f"{number}", definition, value)
        signal = Signal()
        child.ended.append(signal)
        try:
            yield Pause(signal=signal)
        finally:
            world.abort(child)
        if child.status != SUCCEEDED:
            raise StateError(child.error or child.status, child.cause or "")

    return work


def _tolerance(visit: Visit, children: dict[int, Execution], batches: list[tuple[Any, int]]) -> Callable[[int], bool]:
    """Items of a batch that fails fail together; without a threshold none may."""
    percentage = visit.field("ToleratedFailurePercentage")
    count = visit.field("ToleratedFailureCount")
    total = sum(size for _, size in batches)

    def tolerates(_failures: int) -> bool:
        failed = sum(batches[number][1] for number, child in children.items() if child.error is not None)
        within = percentage is None or 100 * failed <= percentage * total
        return not (percentage is None and count is None) and within and (count is None or failed <= count)

    return tolerates


def _write(visit: Visit, run: str, children: dict[int, Execution]) -> dict[str, Any] | None:
    writer = visit.state.get("ResultWriter")
    if writer is None or "Resource" not in writer:
        return None
    where, config = visit.evaluate(writer["Arguments"]), visit.evaluate(writer.get("WriterConfig", {}))
    done = [children[number] for number in sorted(children)]
    return write_results(where, config, run, done, visit.world.objects)
