"""The resources of an s3 source: bucket, rule or notification, and who may put what they tell on the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of, let_send, sub
from constructs_lib.model.names import bucket_arn
from constructs_lib.model.own_bucket import bucket, days, tls_only

if TYPE_CHECKING:
    from constructs_lib.event_sources.s3 import S3Source
    from constructs_lib.model.kinds import Site

Resource = dict[str, Any]

DETAIL_TYPES = {"created": "Object Created", "deleted": "Object Deleted"}
"""Names of the events that S3 sends to EventBridge (Amazon S3 user guide)."""
NOTIFICATIONS = {
    "created": ("s3:ObjectCreated:*",),
    "deleted": ("s3:ObjectRemoved:*", "s3:LifecycleExpiration:*"),
}
"""The same as types of notifications."""
OWN, POLICY, RULE = "SourceBucket", "SourceBucketPolicy", "SourceRule"
_RULE_ARN = "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/"


def add_source(site: Site, source: S3Source) -> None:
    """Make what brings objects' news to the buffer; nothing is made of an existing bucket but the rule."""
    name = site.plan.resource("source-bucket").name
    direct = source.via == "notification"
    if source.bucket is None:
        told = notification(arn_of(site, BUFFER), source) if direct else EVENT_BRIDGE
        own = bucket(
            name,
            key=site.platform_key(),
            expire_days=days(source.expire_after),
            notifications=told,
        )
        site.add_resource(POLICY, tls_only(site.add_resource(OWN, own)))
    if direct:  # the ARN of a bucket names no account, and one that is gone may be made anew in another
        let_send(site, "s3.amazonaws.com", bucket_arn(name), BUFFER, of_account=True)
        site.make_after(OWN, site.queue(BUFFER))
        return
    rule_name = site.plan.resource("source-rule").name
    pattern = event_pattern(name, source)
    site.add_resource(RULE, rule(rule_name, pattern, arn_of(site, BUFFER), arn_of(site, DEAD_LETTERS)))
    let_send(site, "events.amazonaws.com", f"{_RULE_ARN}{rule_name}", BUFFER, DEAD_LETTERS)


EVENT_BRIDGE: Resource = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def notification(queue_arn: Resource, source: S3Source) -> Resource:
    """Return the notifications of a bucket, filtered as far as S3 filters."""
    rules = [{"Name": name, "Value": value} for name, value in _ends(source) if value]
    filters = {"Filter": {"S3Key": {"Rules": rules}}} if rules else {}
    events = [event for kind in source.events for event in NOTIFICATIONS[kind]]
    return {"QueueConfigurations": [{"Event": event, "Queue": queue_arn, **filters} for event in events]}


def _ends(source: S3Source) -> tuple[tuple[str, str], ...]:
    return (("prefix", source.prefix), ("suffix", source.suffix))


def event_pattern(bucket_name: str, source: S3Source) -> Resource:
    """Return the pattern of the rule: everything that the source leaves out, EventBridge leaves out."""
    about: Resource = {}
    if key := _key_pattern(source):
        about["key"] = [key]
    if source.min_size:
        sizes: list[Resource] = [{"numeric": [">=", source.min_size]}]
        about["size"] = [*sizes, {"exists": False}] if "deleted" in source.events else sizes
    return {
        "source": ["aws.s3"],
        "detail-type": [DETAIL_TYPES[event] for event in source.events],
        "detail": {"bucket": {"name": [sub(bucket_name)]}, **({"object": about} if about else {})},
    }


def _key_pattern(source: S3Source) -> Resource | None:
    """Patterns of one field are alternatives: prefix and suffix together are one with a wildcard between them."""
    if source.prefix and source.suffix:
        return {"wildcard": f"{source.prefix}*{source.suffix}"}
    return next(({name: value} for name, value in _ends(source) if value), None)


def rule(name: str, pattern: Resource, queue_arn: Resource, dead_letters_arn: Resource) -> Resource:
    """Return the rule; what EventBridge cannot deliver within a day goes to the pipeline's dead-letter queue."""
    target = {"Id": "buffer", "Arn": queue_arn, "DeadLetterConfig": {"Arn": dead_letters_arn}}
    return {
        "Type": "AWS::Events::Rule",
        "Properties": {"Name": name, "State": "ENABLED", "EventPattern": pattern, "Targets": [target]},
    }
