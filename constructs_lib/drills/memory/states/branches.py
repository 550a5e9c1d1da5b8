"""Several chains at once in one execution: branches, and the items of an inline map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import QUERY_EVALUATION_ERROR, StateError
from constructs_lib.drills.memory.states.flow import run_states
from constructs_lib.drills.memory.states.scheduler import Pause, Signal
from constructs_lib.drills.memory.states.scope import within_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from constructs_lib.drills.memory.states.flow import Step
    from constructs_lib.drills.memory.states.scheduler import Process, Work
    from constructs_lib.drills.memory.states.visit import Visit

MAX_INLINE = 40
"""Items of an inline map at once, where it names no fewer (Step Functions quotas)."""


def parallel_state(visit: Visit) -> Step:
    """Run every branch; the first that fails stops the others."""
    value = visit.arguments()
    works = [_branch(visit, branch, value) for branch in visit.state["Branches"]]
    ended = yield from together(visit, works, len(works))
    return visit.done([process.result for process in ended])


def map_state(visit: Visit) -> Step:
    """Run the steps for each item; the first item that fails stops the others."""
    items = items_of(visit)
    inputs = [item_input(visit, index, item) for index, item in enumerate(items)]
    works = [_item(visit, index, items[index], value) for index, value in enumerate(inputs)]
    most = min(visit.field("MaxConcurrency", 0) or MAX_INLINE, MAX_INLINE)
    ended = yield from together(visit, works, most)
    return visit.done([process.result for process in ended])


def items_of(visit: Visit) -> list[Any]:
    """Return the items that a map names: of an object its names and values."""
    items = visit.field("Items", visit.input)
    if isinstance(items, dict):
        return [{"Key": key, "Value": value} for key, value in items.items()]
    if not isinstance(items, list):
        raise StateError(QUERY_EVALUATION_ERROR, f"Items of {visit.name} is neither an array nor an object")
    return items


def item_input(visit: Visit, index: int, item: Any) -> Any:
    """Return what the steps of an item are given."""
    context = {"Map": {"Item": {"Index": index, "Value": item}}}
    selector = visit.state.get("ItemSelector")
    value = item if selector is None else visit.evaluate(selector, context)
    return within_limit(value, "item")


def together(
    visit: Visit, works: Sequence[Callable[[], Work]], most: int, tolerates: Callable[[int], bool] = lambda _: False
) -> Generator[Pause, None, list[Process]]:
    """Run so many at once; return all once they have ended, or raise the error that is too much.

    ``tolerates`` says of a number of failures whether the rest goes on.
    """
    world, signal = visit.world, Signal()
    begun: list[Process] = []
    over: list[Process] = []

    def end(process: Process) -> None:
        over.append(process)
        world.scheduler.fire(signal)

    try:
        while len(over) < len(works):
            while len(begun) < len(works) and len(begun) - len(over) < most:
                begun.append(world.scheduler.spawn(works[len(begun)](), end))
            yield Pause(signal=signal)
            _stop_at_failure(over, tolerates)
    finally:
        for process in begun:
            process.stop()
    return begun


def _stop_at_failure(over: list[Process], tolerates: Callable[[int], bool]) -> None:
    failed = [process.error for process in over if process.error is not None]
    if failed and not tolerates(len(failed)):
        raise failed[0]


def _branch(visit: Visit, branch: Any, value: Any) -> Callable[[], Work]:
    return lambda: run_states(visit.frame.inner(), branch, value)


def _item(visit: Visit, index: int, item: Any, value: Any) -> Callable[[], Work]:
    context = {"Item": {"Index": index, "Value": item}}
    return lambda: run_states(visit.frame.inner(Map=context), visit.state["ItemProcessor"], value)
