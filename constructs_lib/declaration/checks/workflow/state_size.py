"""What one state is given and gives stays below what Step Functions carries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.declaration.checks.workflow.templates import every_template
from constructs_lib.declaration.jsonata_expression import reads_of
from constructs_lib.declaration.placed_steps import every_step
from constructs_lib.errors import Fault
from constructs_lib.model.workflow_state import ActingState
from constructs_lib.workflow_states.map import Map
from constructs_lib.workflow_states.parallel import Parallel
from functions.contract.workflow import MAX_RESULT_BYTES, MAX_STATE_BYTES, REFERENCE_BYTES, share_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.declaration.checks.subject import Subject
    from constructs_lib.declaration.jsonata_expression import Read
    from constructs_lib.model.workflow_state import WorkflowState

FACTS_BYTES = 4_096
"""Bytes of what every function is told besides: whose run, which step."""


def results_fit(subject: Subject) -> Iterator[Fault]:
    """The list of the items' results is one that a state can give."""
    for step in every_step(subject.declaration.workflow):
        if isinstance(step.state, Map) and _result(step.state) > MAX_STATE_BYTES:
            most = MAX_STATE_BYTES // REFERENCE_BYTES
            found = f"results of {step.state.max_items} items, of {REFERENCE_BYTES} bytes each at least"
            allowed = f"{MAX_STATE_BYTES} bytes in one state: {most} results"
            fix = "write collect: false, or lower max_items; results of a distributed map go to its results"
            yield Fault("state-too-large", f"{step.place}.max_items", found, allowed, fix)


def inputs_fit(subject: Subject) -> Iterator[Fault]:
    """What a template can come to, with the record beside it, is one that a state can be given."""
    steps = {step.state.name: step.state for step in every_step(subject.declaration.workflow)}
    for template in every_template(subject.declaration.workflow):
        reads = {read for read in reads_of(template.value) if not read.called}
        largest = sum(_bytes(read, steps) for read in reads if not _covered(read, reads))
        largest += len(json.dumps(template.value, ensure_ascii=False).encode(errors="replace"))
        if largest + MAX_RESULT_BYTES + FACTS_BYTES > MAX_STATE_BYTES:
            found = f"up to {largest} bytes, and the record beside them"
            allowed = f"{MAX_STATE_BYTES} bytes in one state; a result has {MAX_RESULT_BYTES} at most"
            fix = "read fewer results at once, collect less (collect: false, a smaller max_items), or shorten the text"
            yield Fault("state-too-large", template.place, found, allowed, fix)


def _covered(read: Read, reads: set[Read]) -> bool:
    """Return whether the whole of the variable, or of the same branch, is read as well."""
    return any(
        other.name == read.name and other != read and other.fields == read.fields[: len(other.fields)]
        for other in reads
    )


def _bytes(read: Read, steps: dict[str, WorkflowState]) -> int:
    step = steps.get(read.name)
    if step is None:
        return MAX_RESULT_BYTES
    if isinstance(step, Parallel) and read.fields:
        return share_of(len(step.branches))
    return _result(step)


def _result(step: WorkflowState) -> int:
    """Return the bytes of a step's result at most."""
    if isinstance(step, Map) and not step.collects():
        return REFERENCE_BYTES
    if isinstance(step, Map | Parallel):
        return step.parts() * share_of(step.parts())
    return MAX_RESULT_BYTES if isinstance(step, ActingState) else 0
