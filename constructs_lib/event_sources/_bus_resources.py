"""The resources of an event_bus source: bus, rule, archive, and the right to send to the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of, let_send, sub
from constructs_lib.model.names import event_bus_arn, rule_arn

if TYPE_CHECKING:
    from constructs_lib.event_sources.event_bus import EventBusSource
    from constructs_lib.model.kinds import Site

Resource = dict[str, Any]

BUS, RULE, ARCHIVE = "bus", "rule", "archive"
"""Ids in the plan."""
DEFAULT_BUS = "default"
MOST_RETRIES, OLDEST = 185, 86_400
"""Tries of one delivery and their seconds: the most that EventBridge makes (rule target retry policy)."""


def add_rule(site: Site, source: EventBusSource) -> None:
    """Make what the plan says, and let the rule send to buffer and dead-letter queue."""
    plan = site.plan
    bus, name = plan.resource(BUS), plan.resource(RULE).name
    bus_ref: Any = bus.name
    if not bus.existing:
        bus_ref = {"Ref": site.add_resource("Bus", own_bus(bus.name, site.platform_key()))}
    let_send(site, "events.amazonaws.com", rule_arn(bus.name, name), BUFFER, DEAD_LETTERS)
    queues = arn_of(site, BUFFER), arn_of(site, DEAD_LETTERS)
    site.add_resource("Rule", rule(name, bus_ref, source.pattern, queues))
    if source.archive:
        arn: Any = sub(event_bus_arn(bus.name))
        if not bus.existing:
            arn = {"Fn::GetAtt": [bus_ref["Ref"], "Arn"]}
        kept = archive(plan.resource(ARCHIVE).name, arn, source.pattern, source.archive.retention.days)
        site.add_resource("Archive", kept)


def own_bus(name: str, key: object | None) -> Resource:
    """Return the bus; it outlives its stack, because others know its name."""
    encrypted = {} if key is None else {"KmsKeyIdentifier": key}
    return {
        "Type": "AWS::Events::EventBus",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"Name": name, **encrypted},
    }


def rule(name: str, bus: Any, pattern: Resource, queues: tuple[Resource, Resource]) -> Resource:
    """Return the rule; what EventBridge cannot deliver within a day goes to the dead-letter queue."""
    buffer, dead_letters = queues
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "Name": name,
            "EventBusName": bus,
            "EventPattern": pattern,
            "State": "ENABLED",
            "Targets": [
                {
                    "Id": BUFFER,
                    "Arn": buffer,
                    "DeadLetterConfig": {"Arn": dead_letters},
                    "RetryPolicy": {"MaximumRetryAttempts": MOST_RETRIES, "MaximumEventAgeInSeconds": OLDEST},
                }
            ],
        },
    }


def archive(name: str, bus_arn: Any, pattern: Resource, days: int) -> Resource:
    """Return the archive of the events that the rule lets through."""
    return {
        "Type": "AWS::Events::Archive",
        "Properties": {"ArchiveName": name, "SourceArn": bus_arn, "EventPattern": pattern, "RetentionDays": days},
    }
