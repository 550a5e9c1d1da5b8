"""Tasks: a call of a service, with what ends one that takes too long, and tokens that others answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from constructs_lib.drills.memory.states.calls import OpenTask, TaskCall
from constructs_lib.drills.memory.states.errors import (
    HEARTBEAT_TIMEOUT,
    QUERY_EVALUATION_ERROR,
    TASK_FAILED,
    TIMEOUT,
    StateError,
)
from constructs_lib.drills.memory.states.execution import RUNNING, SUCCEEDED
from constructs_lib.drills.memory.states.scheduler import Pause, Signal
from constructs_lib.drills.memory.states.scope import within_limit

if TYPE_CHECKING:
    from collections.abc import Generator

    from constructs_lib.drills.memory.states.execution import Execution
    from constructs_lib.drills.memory.states.flow import Step
    from constructs_lib.drills.memory.states.visit import Visit

    Answer = Generator[Pause, None, Any]

PREFIX = ":states:::"
TOKEN_SUFFIX = ".waitForTaskToken"
COUNT_ITEMS = "aws-sdk:sfn:describeMapRun"
START, START_AND_WAIT = "states:startExecution", "states:startExecution.sync:2"
LONGEST = 99_999_999
"""Seconds of a task that says nothing else (TimeoutSeconds, Amazon States Language)."""


def task_state(visit: Visit) -> Step:
    """Call the service and give its answer on."""
    action = visit.state["Resource"].partition(PREFIX)[2]
    waits = action.endswith(TOKEN_SUFFIX)
    visit.token = visit.world.new_token() if waits else ""
    deadline = visit.world.now + _seconds(visit, "TimeoutSeconds", LONGEST)
    arguments = visit.arguments()
    if action == START_AND_WAIT:
        result = yield from _run_below(visit, arguments, deadline)
    elif action == COUNT_ITEMS and arguments["MapRunArn"] in visit.world.map_runs():
        result = {"ItemCounts": {"Total": visit.world.map_runs()[arguments["MapRunArn"]]}}
    elif waits:
        result = yield from _token(visit, action.removesuffix(TOKEN_SUFFIX), arguments, deadline)
    else:
        result = yield from _answer(visit, action, arguments, deadline)
    return visit.done(within_limit(result, "result"))


def _answer(visit: Visit, action: str, arguments: Any, deadline: float) -> Answer:
    """Call now and let the time pass that the call took; what is late has still happened."""
    world, execution = visit.world, visit.frame.execution.arn
    error, result = None, None
    try:
        result = world.call(TaskCall(action, arguments, visit.name, execution, visit.attempt, visit.token))
    except StateError as raised:
        error = raised
    ready = world.clock.now()
    yield Pause(min(ready, deadline))
    if ready > deadline:
        raise StateError(TIMEOUT, f"{visit.name} took longer than TimeoutSeconds")
    if error is not None:
        raise error
    return result


def _token(visit: Visit, action: str, arguments: Any, deadline: float) -> Answer:
    world, silence = visit.world, _seconds(visit, "HeartbeatSeconds", LONGEST)
    task = world.tasks[visit.token] = OpenTask(visit.token, world.now)
    try:
        yield from _answer(visit, action, arguments, deadline)
        while not task.answered:
            ends = min(deadline, task.beaten + silence)
            if world.now >= ends:
                raise StateError(TIMEOUT if ends == deadline else HEARTBEAT_TIMEOUT, f"nobody answered {visit.name}")
            yield Pause(ends, task.signal)
    finally:
        del world.tasks[visit.token]
    if task.error is not None:
        raise task.error
    return task.output


def _run_below(visit: Visit, arguments: Any, deadline: float) -> Answer:
    """Run another state machine to its end; one whose parent does not wait any longer is aborted."""
    world = visit.world
    below = world.start(arguments["StateMachineArn"], arguments.get("Input"), arguments.get("Name", ""))
    signal = Signal()
    below.ended.append(signal)
    try:
        while below.status == RUNNING:
            if world.now >= deadline:
                raise StateError(TIMEOUT, f"{visit.name} took longer than TimeoutSeconds")
            yield Pause(deadline, signal)
    finally:
        world.abort(below)
    return _told(below)


def _told(below: Execution) -> dict[str, Any]:
    if below.status != SUCCEEDED:
        raise StateError(TASK_FAILED, json.dumps(below.described()))
    return {**below.described(), "Input": below.input, "Output": below.output}


def _seconds(visit: Visit, name: str, default: int) -> int:
    seconds = visit.field(name, default)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or not 0 < seconds <= LONGEST:
        raise StateError(QUERY_EVALUATION_ERROR, f"{name} is no whole number from 1: {seconds!r}")
    return seconds
