"""The resources of an s3 source: bucket, rule or notification, and who may put what they tell on the queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from constructs_lib.event_sources._event_rule import rule
from constructs_lib.event_sources._sending import BUFFER, DEAD_LETTERS, arn_of, let_send, sub
from constructs_lib.model.names import bucket_arn
from constructs_lib.model.own_bucket import bucket, tls_only

if TYPE_CHECKING:
    from constructs_lib.model.site import Site

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


class Told(Protocol):
    """Which objects are told of."""

    @property
    def events(self) -> tuple[str, ...]:
        """What happens to them."""

    @property
    def prefix(self) -> str:
        """How their keys begin."""

    @property
    def suffix(self) -> str:
        """How their keys end."""

    @property
    def min_size(self) -> int:
        """Their least size in bytes."""


def add_source(site: Site, told: Told, *, direct: bool, expire_days: int | None) -> None:
    """Make what brings objects' news to the buffer; nothing is made of an existing bucket but the rule."""
    planned = site.plan.resource("source-bucket")
    name = planned.name
    if not planned.existing:
        own = bucket(
            name,
            key=site.platform_key(),
            expire_days=expire_days,
            forget_replaced=expire_days is not None,
            notifications=notification(arn_of(site, BUFFER), told) if direct else EVENT_BRIDGE,
        )
        site.add_resource(POLICY, tls_only(site.add_resource(OWN, own)))
    if direct:  # the ARN of a bucket names no account, and one that is gone may be made anew in another
        let_send(site, "s3.amazonaws.com", bucket_arn(name), BUFFER, of_account=True)
        site.make_after(OWN, site.queue(BUFFER))
        return
    rule_name = site.plan.resource("source-rule").name
    site.add_resource(RULE, rule(site, rule_name, event_pattern(name, told)))
    let_send(site, "events.amazonaws.com", f"{_RULE_ARN}{rule_name}", BUFFER, DEAD_LETTERS)


EVENT_BRIDGE: Resource = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}


def notification(queue_arn: Resource, told: Told) -> Resource:
    """Return the notifications of a bucket, filtered as far as S3 filters."""
    rules = [{"Name": name, "Value": value} for name, value in _ends(told) if value]
    filters = {"Filter": {"S3Key": {"Rules": rules}}} if rules else {}
    events = [event for kind in told.events for event in NOTIFICATIONS[kind]]
    return {"QueueConfigurations": [{"Event": event, "Queue": queue_arn, **filters} for event in events]}


def _ends(told: Told) -> tuple[tuple[str, str], ...]:
    return (("prefix", told.prefix), ("suffix", told.suffix))


def event_pattern(bucket_name: str, told: Told) -> Resource:
    """Return the pattern of the rule: everything that the source leaves out, EventBridge leaves out."""
    about: Resource = {}
    if key := _key_pattern(told):
        about["key"] = [key]
    if told.min_size:
        sizes: list[Resource] = [{"numeric": [">=", told.min_size]}]
        about["size"] = [*sizes, {"exists": False}] if "deleted" in told.events else sizes
    return {
        "source": ["aws.s3"],
        "detail-type": [DETAIL_TYPES[event] for event in told.events],
        "detail": {"bucket": {"name": [sub(bucket_name)]}, **({"object": about} if about else {})},
    }


def _key_pattern(told: Told) -> Resource | None:
    """Patterns of one field are alternatives: prefix and suffix together are one with a wildcard between them."""
    if told.prefix and told.suffix:
        return {"wildcard": f"{told.prefix}*{told.suffix}"}
    return next(({name: value} for name, value in _ends(told) if value), None)
