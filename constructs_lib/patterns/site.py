"""The place where event sources, networks and outputs make their own resources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs_lib.composition.grants import at_deployment
from constructs_lib.patterns.functions import PlannedFunction, construct_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_lambda, aws_sqs
    from constructs import Construct, IDependable

    from constructs_lib.model.plan import PipelinePlan
    from constructs_lib.patterns.fragment import Fragment


class PipelineSite:
    """What a kind sees of a pipeline's construct."""

    def __init__(
        self,
        scope: Construct,
        plan: PipelinePlan,
        fragment: Fragment,
        queues: Mapping[str, aws_sqs.IQueue],
        functions: Mapping[str, PlannedFunction],
        known: Mapping[str, str],
    ) -> None:
        """Open the site of one pipeline; ``known`` has what stands for texts of the plan in this stack."""
        self.scope = scope
        self.plan = plan
        self._fragment = fragment
        self._queues = queues
        self._functions = functions
        self._known = known

    def function(self, function_id: str) -> aws_lambda.IFunction:
        """Return the ``live`` alias of a function of the plan."""
        return self._functions[function_id].alias

    def queue(self, queue_id: str) -> aws_sqs.IQueue:
        """Return a queue of the plan."""
        return self._queues[queue_id]

    def add_resource(self, logical_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource and return its logical id, which begins with the pipeline's name."""
        self._fragment.add(logical_id, resource)
        return self._fragment.logical_id(logical_id)

    def add_planned(self, plan_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource of the plan, by its id, and return its logical id."""
        return self.add_resource(construct_id(plan_id), resource)

    def platform_key(self) -> object | None:
        """Return what stands in the fragment for the ARN of the platform's own key; None where AWS owns the keys."""
        parameter = self.plan.platform.key_parameter
        if parameter is None:
            return None
        text = at_deployment(parameter)
        return self.reference(self._known[text]) if text in self._known else text

    def reference(self, token: str) -> dict[str, object]:
        """Return what stands for a CDK token inside the fragment."""
        return self._fragment.reference(token)

    def make_after(self, logical_id: str, earlier: IDependable) -> None:
        """Have a resource of the fragment made after everything that ``earlier`` holds."""
        self._fragment.make_after(logical_id, earlier)


def fragment_name(plan: PipelinePlan, plan_id: str) -> str:
    """Return the name in the fragment of a mapping, an alarm or the dashboard of the plan."""
    if plan_id in {alarm.id for alarm in plan.alarms}:
        return f"Alarm{construct_id(plan_id)}"
    return construct_id(plan_id)
