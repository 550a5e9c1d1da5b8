"""Where a kind makes its resources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from aws_cdk import aws_lambda, aws_sqs
    from constructs import Construct, IDependable

    from constructs_lib.model.plan import PipelinePlan


class Site(Protocol):
    """Where a kind makes its resources: a scope of the pipeline's construct and what already stands there."""

    @property
    def plan(self) -> PipelinePlan:
        """The pipeline's plan."""

    @property
    def scope(self) -> Construct:
        """The construct that new resources belong to."""

    def function(self, function_id: str) -> aws_lambda.IFunction:
        """Return the ``live`` alias of a function of the plan."""

    def queue(self, queue_id: str) -> aws_sqs.IQueue:
        """Return a queue of the plan."""

    def add_resource(self, logical_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource to the pipeline's fragment and return the logical id it has there.

        Tokens come by ``reference``, other resources of the fragment by ``Ref`` and the returned id.
        """

    def add_planned(self, plan_id: str, resource: dict[str, object]) -> str:
        """Add one plain CloudFormation resource of the plan, by its id, and return its logical id."""

    def platform_key(self) -> object | None:
        """Return what stands in the fragment for the ARN of the platform's own key; None where AWS owns the keys."""

    def reference(self, token: str) -> dict[str, object]:
        """Return what stands for a CDK token inside the fragment."""

    def make_after(self, logical_id: str, earlier: IDependable) -> None:
        """Have a resource of the fragment made after everything that ``earlier`` holds."""
