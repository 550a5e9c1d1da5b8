"""How states follow each other: one after the other, with retries and catchers in between."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.errors import NO_CHOICE_MATCHED, QUERY_EVALUATION_ERROR, RUNTIME, StateError
from constructs_lib.drills.memory.states.retries import catcher_of
from constructs_lib.drills.memory.states.scheduler import Pause
from constructs_lib.drills.memory.states.visit import Visit

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from constructs_lib.drills.memory.states.scheduler import Work
    from constructs_lib.drills.memory.states.visit import Frame, Outcome

    Step = Generator[Pause, None, Outcome]
    Kinds = Mapping[str, Callable[[Visit], Step]]

MAX_WAIT = 99_999_999


def run_states(frame: Frame, definition: Mapping[str, Any], value: Any) -> Work:
    """Run a chain of states from its first to its last, and return the output of that.

    Raises:
        StateError: what no catcher meant.
    """
    following: str | None = definition["StartAt"]
    while following is not None:
        visit = Visit(frame, following, definition["States"][following], value)
        value, following = yield from _attempts(visit)
    return value


def _attempts(visit: Visit) -> Step:
    visit.note("entered", visit.input)
    while True:
        try:
            outcome: Outcome = yield from visit.world.kinds[visit.state["Type"]](visit)
        except StateError as error:
            visit.note("failed", error.output())
            delay = visit.retries.delay(error.error)
            if delay is None:
                return _caught(visit, error)
            visit.note("retried", delay)
            yield Pause(visit.world.now + delay)
            visit.attempt += 1
        else:
            visit.note("exited", outcome[0])
            return outcome


def _caught(visit: Visit, error: StateError) -> Outcome:
    catcher = catcher_of(visit.state.get("Catch", ()), error.error)
    if catcher is None:
        raise error
    output = visit.settle(catcher, error.output(), errorOutput=error.output())
    visit.note("caught", error.error)
    return output, catcher["Next"]


def pass_state(visit: Visit) -> Step:
    """Give the input on, or what ``Output`` makes of it."""
    yield from ()
    return visit.passed()


def succeed_state(visit: Visit) -> Step:
    """End the chain."""
    yield from ()
    return visit.settle(visit.state, visit.input), None


def fail_state(visit: Visit) -> Step:
    """End the chain with an error."""
    yield from ()
    raise StateError(visit.field("Error", ""), visit.field("Cause", ""))


def choice_state(visit: Visit) -> Step:
    """Go on with the first choice whose condition is true."""
    yield from ()
    for choice in visit.state["Choices"]:
        held = visit.evaluate(choice["Condition"])
        if not isinstance(held, bool):
            raise StateError(QUERY_EVALUATION_ERROR, f"{choice['Condition']} is neither true nor false: {held!r}")
        if held:
            return visit.settle(choice, visit.input), choice["Next"]
    if "Default" not in visit.state:
        raise StateError(NO_CHOICE_MATCHED, visit.name)
    return visit.settle(visit.state, visit.input), visit.state["Default"]


def wait_state(visit: Visit) -> Step:
    """Let time pass; a time that has passed is no wait."""
    yield Pause(_until(visit))
    return visit.passed()


def _until(visit: Visit) -> float:
    if "Timestamp" in visit.state:
        told = visit.field("Timestamp")
        try:
            return datetime.fromisoformat(told).timestamp()
        except (TypeError, ValueError):
            raise StateError(RUNTIME, f"no timestamp: {told!r}") from None
    seconds = visit.field("Seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 <= seconds <= MAX_WAIT:
        raise StateError(QUERY_EVALUATION_ERROR, f"Seconds is no whole number from 0 to {MAX_WAIT}: {seconds!r}")
    return visit.world.now + seconds
