"""Every function that drains a source has a stated limit."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import FUNCTION, MAPPING, QUEUE, Resource, Template, text

ALLOWED = "a maximum concurrency within the limits of Lambda, or reserved concurrency"
FIX = "set runner.max_concurrency; on a mapping, ScalingConfig.MaximumConcurrency"


class ConcurrencyCap(PlanRule, TemplateRule):
    """Without a cap one backlog takes the concurrency of the whole account and drowns the database behind it."""

    slug = "concurrency-cap"
    requirement = "Every function with an event source states how many of it may run at once."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the mappings of the plan, at functions that read a stream, and at those that a route calls."""
        plan, limits = subject.plan, subject.catalog.limits
        for mapping in plan.mappings:
            if not limits.sqs_min_concurrency <= mapping.max_concurrency <= limits.sqs_max_concurrency:
                place = Place.planned(plan, plan.function(mapping.function))
                yield self._fault(place, f"maximum concurrency {mapping.max_concurrency}")
        for stream in plan.streams:
            function = plan.function(stream.function)
            if function.reserved_concurrency is None:
                yield self._fault(Place.planned(plan, function), "a stream and no reserved concurrency")
        for route in plan.routes:
            if route.function and route.throttle_rate <= 0:
                place = Place.planned(plan, plan.function(route.function))
                yield self._fault(place, f"route {route.id} calls it without a throttle")

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the mappings of the template."""
        for mapping in template.of_type(MAPPING):
            function = template.find(mapping.get("FunctionName"), FUNCTION)
            if function is not None and not self._capped(template, mapping, function):
                yield self._fault(Place.of(function), "an event source and no limit")

    def _capped(self, template: Template, mapping: Resource, function: Resource) -> bool:
        if mapping.get("ScalingConfig", "MaximumConcurrency") or function.get("ReservedConcurrentExecutions"):
            return True
        source = text(mapping.get("EventSourceArn"))
        is_queue = ":sqs:" in source or template.find(mapping.get("EventSourceArn"), QUEUE) is not None
        return not is_queue and mapping.get("ParallelizationFactor") is not None

    def _fault(self, place: Place, found: str) -> Finding:
        return self.finding(place, found=found, allowed=ALLOWED, fix=FIX, at="ScalingConfig.MaximumConcurrency")
