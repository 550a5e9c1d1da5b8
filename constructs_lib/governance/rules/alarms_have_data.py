"""An alarm watches a metric that something emits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from constructs_lib.governance.rule import Finding, Place, PlanRule, Subject, TemplateRule
from constructs_lib.governance.template import ALARM, FUNCTION, MAPPING, QUEUE, Template, canonical, name_in, text

if TYPE_CHECKING:
    from constructs_lib.model.plan import AlarmPlan, PipelinePlan

SQS: Final = "AWS/SQS"
LAMBDA: Final = "AWS/Lambda"
METRICS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        SQS: frozenset(
            {
                "ApproximateAgeOfOldestMessage",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
                "ApproximateNumberOfMessagesVisible",
                "NumberOfEmptyReceives",
                "NumberOfMessagesDeleted",
                "NumberOfMessagesReceived",
                "NumberOfMessagesSent",
                "SentMessageSize",
            }
        ),
        LAMBDA: frozenset(
            {
                "AsyncEventAge",
                "AsyncEventsDropped",
                "AsyncEventsReceived",
                "ConcurrentExecutions",
                "DeadLetterErrors",
                "DestinationDeliveryFailures",
                "Duration",
                "Errors",
                "Invocations",
                "IteratorAge",
                "OversizedRecordCount",
                "ProvisionedConcurrencySpilloverInvocations",
                "Throttles",
            }
        ),
    }
)
"""Metrics that the services emit by themselves. Source: developer guides of SQS and Lambda, CloudWatch metrics."""
_DIMENSIONS: Final = {SQS: ("QueueName", QUEUE), LAMBDA: ("FunctionName", FUNCTION)}


class AlarmsHaveData(PlanRule, TemplateRule):
    """An alarm on a metric that nobody emits never goes off, and looks as healthy as one that has no reason to."""

    slug = "alarms-have-data"
    requirement = "Every alarm watches a metric that a resource of the app emits."

    def check(self, subject: Subject) -> Iterable[Finding]:
        """Compare the alarms of the plan with its queues and functions."""
        for alarm in subject.plan.alarms:
            if found := _planned_gap(subject.plan, alarm):
                yield self._fault(Place.planned(subject.plan, alarm), found)

    def check_template(self, template: Template) -> Iterable[Finding]:
        """Compare the alarms of the template with the queues and functions of the app."""
        for alarm in template.of_type(ALARM):
            namespace, metric = alarm.get("Namespace"), alarm.get("MetricName")
            if namespace not in METRICS:
                continue
            key, kind = _DIMENSIONS[namespace]
            values = {item.get("Name"): item.get("Value") for item in alarm.get("Dimensions") or ()}
            if metric not in METRICS[namespace]:
                yield self._fault(Place.of(alarm), f"{namespace} emits no metric {metric}")
            elif values.get(key) is None:
                yield self._fault(Place.of(alarm), f"no dimension {key}")
            elif template.find(values[key], kind) is None and text(values[key]) not in _read(template):
                yield self._fault(Place.of(alarm), f"{key} {text(values[key])} is no resource of the app")

    def _fault(self, place: Place, found: str) -> Finding:
        return self.finding(
            place,
            found=found,
            allowed="a metric of a queue or function of the app",
            fix="name the metric as the service does, and the resource by a reference",
            at="Properties.Dimensions",
        )


def _read(template: Template) -> set[str]:
    """Return the names of what feeds the template's functions: an existing queue emits its metrics elsewhere."""
    return {name_in(text(mapping.get("EventSourceArn"))) for mapping in template.of_type(MAPPING)}


def _planned_gap(plan: PipelinePlan, alarm: AlarmPlan) -> str:
    if alarm.namespace not in METRICS:
        return ""
    if alarm.metric not in METRICS[alarm.namespace]:
        return f"{alarm.namespace} emits no metric {alarm.metric}"
    key, _ = _DIMENSIONS[alarm.namespace]
    emitters = plan.queues if alarm.namespace == SQS else plan.functions
    known = {canonical(emitter.name) for emitter in emitters}
    values = {dimension.name: canonical(dimension.value) for dimension in alarm.dimensions}
    if key not in values:
        return f"no dimension {key}"
    return "" if values[key] in known else f"{key} {values[key]} is no resource of the pipeline"
