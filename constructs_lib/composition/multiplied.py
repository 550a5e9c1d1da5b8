"""The alarm on what multiplies: more invocations in a day than the expected events can cause."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from constructs_lib.model.functions import Variable
from constructs_lib.model.plan import AlarmPlan

if TYPE_CHECKING:
    from constructs_lib.composition.alarms import Responder
    from constructs_lib.model.functions import FunctionPlan

DAY = 86_400
DAYS = 30
"""Days of the month that prices and budgets mean."""
UNEVEN = 2
"""How far above an even share of the month a day may be before somebody is called."""


def invocations_alarm(prefix: str, function: FunctionPlan, runs_per_month: float, responder: Responder) -> AlarmPlan:
    """Return the alarm on a day with more invocations than twice an even share of the month's runs.

    Batches make invocations fewer than runs, and tries make them more: what exceeds this multiplies as nobody planned.
    """
    threshold = max(1, ceil(UNEVEN * runs_per_month / DAYS))
    id = f"{function.id}-multiplied"
    meaning = f"{function.id} was invoked more often in a day than {runs_per_month:,.0f} runs a month explain."
    return AlarmPlan(
        id=id,
        name=f"{prefix}-{id}",
        description=responder.describe(meaning),
        namespace="AWS/Lambda",
        metric="Invocations",
        dimensions=(Variable(name="FunctionName", value=function.name),),
        statistic="Sum",
        period=DAY,
        evaluation_periods=1,
        threshold=threshold,
        comparison="GreaterThanThreshold",
    )
