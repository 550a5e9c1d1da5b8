"""Overrides of a declaration, each for a resource that the plan really has."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from constructs_lib.errors import DeclarationError, Fault
from constructs_lib.model.plan import OverridePlan

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs_lib.declaration.override import Override
    from constructs_lib.model.plan import PipelinePlan

DASHBOARD = "dashboard"


def resource_ids(plan: PipelinePlan) -> tuple[str, ...]:
    """Return the ids that an override may name; what exists already belongs to another stack."""
    return (
        *(queue.id for queue in plan.queues if not queue.existing),
        *(function.id for function in plan.functions),
        *(mapping.id for mapping in plan.mappings),
        *(resource.id for resource in plan.resources if not resource.existing),
        *(stream.id for stream in plan.streams),
        *(alarm.id for alarm in plan.alarms),
        *((plan.state_machine.id,) if plan.state_machine else ()),
        *((DASHBOARD,) if plan.dashboard else ()),
    )


def plan_overrides(plan: PipelinePlan, overrides: tuple[Override, ...]) -> tuple[OverridePlan, ...]:
    """Return the overrides for the plan.

    Raises:
        DeclarationError: ``override-unknown-resource`` for every override of something that the plan lacks.
    """
    faults = list(_unknown(resource_ids(plan), overrides))
    if faults:
        raise DeclarationError(faults)
    return tuple(
        OverridePlan(resource=o.resource, property=o.property, value=o.value, reason=o.reason) for o in overrides
    )


def _unknown(known: tuple[str, ...], overrides: tuple[Override, ...]) -> Iterable[Fault]:
    for position, override in enumerate(overrides):
        if override.resource not in known:
            near = get_close_matches(override.resource, known, n=1)
            yield Fault(
                code="override-unknown-resource",
                path=f"overrides[{position}].resource",
                found=f"{override.resource!r} is no resource of the plan",
                allowed=f"one of {', '.join(known)}",
                fix=f"write {near[0]}" if near else "name one of them",
            )
