"""The function that takes requests in front of the queue where the gateway has checked who asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.event_sources._http.front import enqueue_grant, front_function
from constructs_lib.model.functions import FunctionPlan, Variable
from functions.contract.environment import IntakeSettings
from functions.contract.environment import Variable as Name

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext

TAKE = "take"
"""Id of the function in the plan."""


def taker(context: PlanContext, max_body: int, claims: tuple[str, ...]) -> FunctionPlan:
    """Return the function: its role sends to one queue and keeps bodies below one prefix."""
    intake = IntakeSettings(max_body, context.group_key, claims)
    return front_function(
        TAKE,
        context,
        task=f"Queues requests for the pipeline {context.pipeline} and keeps bodies that no message holds.",
        handler="functions.take_requests.handler.handler",
        settings=(Variable(name=Name.INTAKE, value=intake.to_json()),),
        grants=(enqueue_grant(context),),
        keeps_bodies=True,
    )
