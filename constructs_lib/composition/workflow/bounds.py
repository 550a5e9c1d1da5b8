"""Bounds of a finished state machine: its definition is as short as Step Functions and CloudFormation ask."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from constructs_lib.errors import Fault
from constructs_lib.model.state_machine import function_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.plan import PipelinePlan

LONGEST_MACHINE = 80
"""Characters of a state machine's name (CreateStateMachine, Step Functions API reference)."""
LONGEST_DEFINITION = 1_000_000
"""Bytes of a definition: 1 MB for Step Functions (its quotas), and for a whole template in which it stands as a text
(CloudFormation quotas)."""
LONGEST_VERSION = "arn:aws:lambda:ap-southeast-1:111111111111:function::99999"
"""The ARN of a function's version where it is longest, without the function's name."""


def definition_faults(plan: PipelinePlan) -> Iterator[Fault]:
    """Yield a fault where the definition is too large for its service, or for the template that brings it there."""
    if plan.state_machine is None:
        return
    size = _deployed_size(plan, plan.state_machine.definition)
    if size > LONGEST_DEFINITION:
        found = f"the definition has {size:,} bytes in {len(plan.state_machine.steps):,} steps"
        allowed = f"at most {LONGEST_DEFINITION:,} bytes, with every quotation mark escaped as a template holds it"
        fix = "move steps into another pipeline that a step of type workflow starts, and long texts into a handler"
        yield Fault("definition-too-large", "workflow.steps", found, allowed, fix)


def _deployed_size(plan: PipelinePlan, definition: str) -> int:
    """Return the bytes of a definition as a text in a template, the ARNs of versions in their places."""
    size = len(json.dumps(definition, ensure_ascii=False).encode())
    for function in plan.functions:
        place = function_version(function.id)
        size += definition.count(place) * max(0, len(LONGEST_VERSION) + len(function.name) - len(place))
    return size
