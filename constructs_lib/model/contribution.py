"""What a kind adds to the plan of its pipeline."""

from __future__ import annotations

from constructs_lib.model.base import Frozen
from constructs_lib.model.functions import FunctionPlan, Grant, Variable
from constructs_lib.model.intake import RoutePlan
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.resources import ResourcePlan, SchedulePlan, StreamPlan


class Contribution(Frozen):
    """What a kind adds to the plan beside the runner, its queue and the shared tables."""

    functions: tuple[FunctionPlan, ...] = ()
    routes: tuple[RoutePlan, ...] = ()
    runner_grants: tuple[Grant, ...] = ()
    store_grants: tuple[Grant, ...] = ()
    """What it takes to use the store that an event source brings: for the runner, or for who names that store."""
    runner_environment: tuple[Variable, ...] = ()
    cost_drivers: tuple[CostDriver, ...] = ()
    resources: tuple[ResourcePlan, ...] = ()
    streams: tuple[StreamPlan, ...] = ()
    schedule: SchedulePlan | None = None
