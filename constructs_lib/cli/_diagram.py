"""The picture of a pipeline, drawn from its plan as Mermaid text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from constructs_lib.cli._diagram_ends import STAGE_SHAPE, source_lines, target_lines
from constructs_lib.cli._diagram_workers import worker_lines
from constructs_lib.cli._diagram_workflow import BEGIN, workflow_lines

if TYPE_CHECKING:
    from constructs_lib.declaration.workflow import Workflow
    from constructs_lib.model.functions import FunctionPlan
    from constructs_lib.model.intake import MappingPlan, RoutePlan
    from constructs_lib.model.plan import BackPressurePlan, PipelinePlan

LEDGER, STATE, RAW = "ledger", "state", "raw"
STORES = {
    LEDGER: ("Ledger", '[("evidence ledger<br/>insert only")]', "outcome"),
    STATE: ("Claims", '[("claims<br/>with leases")]', "claim"),
    RAW: ("LandRaw", STAGE_SHAPE, "land"),
}
"""What a grant of the runner reaches: the grant's id, the shape, and the word on the arrow."""


def mermaid(plan: PipelinePlan, workflow: Workflow | None = None) -> str:
    """Return the flow of one record: from its source over the queue and the runner to where it lands or waits.

    The steps of its workflow stand in a frame of their own; workers stand behind what tells them.
    """
    lines = [*_lines(plan), *(_started(workflow) if workflow else ())]
    return "\n".join(["flowchart LR", *(f"    {line}" for line in lines)]) + "\n"


def _started(workflow: Workflow) -> Iterator[str]:
    yield from workflow_lines(workflow)
    yield f'runner ==>|"starts"| {BEGIN}'


def _lines(plan: PipelinePlan) -> Iterator[str]:
    runner = plan.function(plan.runner)
    yield from source_lines(plan)
    for route in plan.routes:
        yield from _route(route, plan.runner)
    for mapping in plan.mappings:
        yield from _mapping(plan, mapping)
    if plan.streams or not plan.queues:
        yield f'runner["{runner.id}<br/>{runner.memory} MB, {runner.timeout} s, at most {runner.reserved_concurrency}"]'
    if plan.queues:
        yield 'runner -->|"budget spent"| dlq[["dead-letter queue"]]'
    if plan.contract is not None and plan.queues:
        yield f'runner -->|"breaks {plan.contract.id} {plan.contract.version}"| quarantine[("quarantine")]'
    granted = {grant.sid for grant in runner.grants}
    for store, (grant, shape, word) in STORES.items():
        if grant in granted:
            yield f'runner -->|"{word}"| {store}{shape}'
    yield from target_lines(runner)
    yield from worker_lines(plan)
    if plan.queues:
        yield f"dlq -.->|replay| {'runner' if plan.streams else 'buffer'}"
    if plan.back_pressure is not None:
        yield from _back_pressure(plan.back_pressure)


def _back_pressure(plan: BackPressurePlan) -> Iterator[str]:
    left_alone = f"left alone after {plan.failure_threshold} failures"
    yield f'runner -->|"asks"| dependency(["{plan.dependency}<br/>at most {plan.budget}, {left_alone}"])'
    yield f'runner -.->|"breaker open"| control_intake["control_intake<br/>{plan.action}"]'
    yield f'control_intake -.->|"{plan.action}s, restores"| buffer'


def _mapping(plan: PipelinePlan, mapping: MappingPlan) -> Iterator[str]:
    """Return the path of what a mapping brings; messages that control intake have no part in a record's flow."""
    if mapping.function == plan.runner:
        yield from _buffer(plan.function(plan.runner), mapping)
    elif not mapping.controls and plan.fan_out is None:
        yield from _groups(plan, mapping)


def _buffer(runner: FunctionPlan, mapping: MappingPlan) -> Iterator[str]:
    yield f'buffer[["buffer queue"]] -->|"batches of {mapping.batch_size}"| runner'
    yield f'runner["{runner.id}<br/>{runner.memory} MB, {runner.timeout} s, at most {mapping.max_concurrency}"]'


def _groups(plan: PipelinePlan, mapping: MappingPlan) -> Iterator[str]:
    """Return the path of a group: signalled by its parts, consolidated from where they landed."""
    function = plan.function(mapping.function)
    limits = f"{function.memory} MB, {function.timeout} s, at most {mapping.max_concurrency}"
    yield 'runner -->|"first part, last part"| groups[["queue of groups"]]'
    yield f'groups -->|"complete, or at the timeout"| consolidator["{function.id}<br/>{limits}"]'
    yield 'raw -->|"parts"| consolidator -->|"land"| raw'
    yield 'consolidator -->|"once a group"| ledger'
    yield 'consolidator -->|"budget spent"| dlq'


_API = {"http": "HTTP API", "rest": "REST API"}
_FRONTS = {"verify": "signature, replays", "take": "large bodies"}
"""What the functions in front of the queue do."""


def _route(route: RoutePlan, runner: str) -> Iterator[str]:
    limits = f"{route.throttle_rate}/s, {route.auth}"
    yield f'caller(["{route.method} {route.path}"]) --> api["{_API[route.gateway]}<br/>{limits}"]'
    if route.function is None:
        yield "api --> buffer"
    elif route.function == runner:
        yield "api -->|request| runner -->|response| api"
    else:
        yield f'api --> {route.function}["{route.function}<br/>{_FRONTS[route.function]}"] --> buffer'
