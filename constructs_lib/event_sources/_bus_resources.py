"""The resources of an event_bus source: bus, rule, archive, and the right to send to the queues."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._event_rule import rule
from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, let_send, sub
from constructs_lib.model.names import event_bus_arn, rule_arn

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

Resource = dict[str, Any]

BUS, RULE, ARCHIVE = "bus", "rule", "archive"
"""Ids in the plan."""
DEFAULT_BUS = "default"


def add_rule(site: Site, pattern: Resource, archive_days: int | None) -> None:
    """Make what the plan says, and let the rule send to buffer and dead-letter queue."""
    plan = site.plan
    bus, name = plan.resource(BUS), plan.resource(RULE).name
    bus_ref: Any = bus.name
    if not bus.existing:
        bus_ref = {"Ref": site.add_resource("Bus", own_bus(bus.name, site.platform_key()))}
    let_send(site, "events.amazonaws.com", rule_arn(bus.name, name), BUFFER, DEAD_LETTERS)
    site.add_resource("Rule", rule(site, name, pattern, bus_ref))
    if archive_days is not None:
        arn: Any = sub(event_bus_arn(bus.name))
        if not bus.existing:
            arn = {"Fn::GetAtt": [bus_ref["Ref"], "Arn"]}
        kept = archive(plan.resource(ARCHIVE).name, arn, pattern, archive_days)
        site.add_resource("Archive", kept)


def own_bus(name: str, key: object | None) -> Resource:
    """Return the bus; it outlives its stack, because others know its name."""
    return {
        "Type": "AWS::Events::EventBus",
        "DeletionPolicy": "RetainExceptOnCreate",
        "UpdateReplacePolicy": "Retain",
        "Properties": {"Name": name, **({"KmsKeyIdentifier": key} if key else {})},
    }


def archive(name: str, bus_arn: Any, pattern: Resource, days: int) -> Resource:
    """Return the archive of the events that the rule lets through."""
    return {
        "Type": "AWS::Events::Archive",
        "Properties": {"ArchiveName": name, "SourceArn": bus_arn, "EventPattern": pattern, "RetentionDays": days},
    }
