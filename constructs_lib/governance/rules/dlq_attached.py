"""Every queue that feeds a function has a dead-letter queue."""

from __future__ import annotations

from collections.abc import Iterable

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import MAPPING, QUEUE, Resource, Template

ALLOWED = "a dead-letter queue that exists and a maximum receive count"
FIX = "give the queue a dead-letter queue and a maxReceiveCount; the pipeline's own buffer has both"


class DlqAttached(PlanRule, TemplateRule):
    """A message that always fails comes back until its retention ends, and then it is lost without evidence."""

    slug = "dlq-attached"
    requirement = "Every queue that feeds a function has a dead-letter queue and a maximum receive count."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Look at the queues that the plan maps to functions; an existing queue is its owner's to show."""
        plan = subject.plan
        known = {queue.id for queue in plan.queues}
        for queue in (plan.queue(mapping.queue) for mapping in plan.mappings):
            if queue.existing:
                continue
            if queue.dead_letter_queue is None or queue.max_receive_count is None:
                yield self._fault(Place.planned(plan, queue), "no dead-letter queue")
            elif queue.dead_letter_queue not in known:
                yield self._fault(Place.planned(plan, queue), f"dead-letter queue {queue.dead_letter_queue} is missing")

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Look at the queues of the app that event source mappings read."""
        for mapping in template.of_type(MAPPING):
            queue = template.find(mapping.get("EventSourceArn"), QUEUE)
            if queue is not None and (found := self._missing(template, queue)):
                yield self._fault(Place.of(queue), found)

    def _missing(self, template: Template, queue: Resource) -> str:
        target = queue.get("RedrivePolicy", "deadLetterTargetArn")
        if target is None or queue.get("RedrivePolicy", "maxReceiveCount") is None:
            return "no dead-letter queue"
        return "" if template.find(target, QUEUE) else f"dead-letter queue {target} is in no template"

    def _fault(self, place: Place, found: str) -> Finding:
        return self.finding(place, found=found, allowed=ALLOWED, fix=FIX, at="Properties.RedrivePolicy")
