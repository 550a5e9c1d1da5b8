"""A message stays hidden for as long as the function and its retries can take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import FUNCTION, MAPPING, QUEUE, Template
from constructs_lib.model.timings import VISIBILITY_FACTOR

_QUEUE_DEFAULT: Final = 30
_FUNCTION_DEFAULT: Final = 3


class VisibilityTimeout(PlanRule, TemplateRule):
    """A message that becomes visible while its function still runs is worked on twice at the same time."""

    slug = "visibility-timeout"
    requirement = "A queue hides a message for at least six function timeouts and the batching window."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the times of the plan."""
        plan = subject.plan
        for mapping in plan.mappings:
            queue, function = plan.queue(mapping.queue), plan.function(mapping.function)
            if not queue.existing:
                place = Place.planned(plan, queue)
                yield from self._judge(place, queue.visibility_timeout, function.timeout, mapping.max_batching_window)

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Compare the times of the template; what it leaves out has CloudFormation's defaults."""
        for mapping in template.of_type(MAPPING):
            queue = template.find(mapping.get("EventSourceArn"), QUEUE)
            function = template.find(mapping.get("FunctionName"), FUNCTION)
            if queue is not None and function is not None:
                hidden = queue.properties.get("VisibilityTimeout", _QUEUE_DEFAULT)
                timeout = function.properties.get("Timeout", _FUNCTION_DEFAULT)
                window = mapping.properties.get("MaximumBatchingWindowInSeconds", 0)
                yield from self._judge(Place.of(queue), hidden, timeout, window)

    def _judge(self, place: Place, hidden: object, timeout: object, window: object) -> Iterable[Finding]:
        if not (isinstance(hidden, int) and isinstance(timeout, int) and isinstance(window, int)):
            return
        needed = VISIBILITY_FACTOR * timeout + window
        if hidden < needed:
            yield self.finding(
                place,
                found=f"visibility timeout {hidden} s, function timeout {timeout} s, batching window {window} s",
                allowed=f"at least {VISIBILITY_FACTOR} × {timeout} + {window} = {needed} s",
                fix=f"raise the visibility timeout to {needed} s or lower the function's timeout",
                at="Properties.VisibilityTimeout",
            )
