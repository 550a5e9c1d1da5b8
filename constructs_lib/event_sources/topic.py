"""The topic source: messages that others publish on an SNS topic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator

from constructs_lib.event_sources._pattern import TOPIC_ATTRIBUTES, TOPIC_BODY, Pattern, checked
from constructs_lib.event_sources._topic_resources import SUBSCRIPTION, TOPIC, add_topic
from constructs_lib.model.base import Frozen
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource, Grouping
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.samples import ACCOUNT, REGION, SampleMessage, SampleRecord, enveloped, plain
from constructs_lib.model.units import Switch
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

TopicArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sns:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:([A-Za-z0-9_-]|\$\{stage\}){1,256}(\.fifo)?$",
        examples=["arn:aws:sns:eu-west-1:111122223333:orders"],
    ),
]
Publisher = Annotated[str, Field(pattern=r"^([0-9]{12}|arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[\w+=,.@/-]+)$")]


class TopicFilter(Frozen):
    """Which messages reach the queue: a policy over the attributes of messages, or over their bodies."""

    attributes: Pattern | None = None
    """Message attributes with lists of values or of operators; nothing nests."""
    body: Pattern | None = None
    """Fields of a JSON body, nested as there; takes the place of ``attributes``."""

    @field_validator("attributes")
    @classmethod
    def _attributes_are_chosen_by_values(cls, pattern: dict[str, Any] | None) -> dict[str, Any] | None:
        if pattern is not None:
            checked(pattern, TOPIC_ATTRIBUTES)
        return pattern

    @field_validator("body")
    @classmethod
    def _bodies_are_chosen_by_a_pattern(cls, pattern: dict[str, Any] | None) -> dict[str, Any] | None:
        if pattern is not None:
            checked(pattern, TOPIC_BODY)
        return pattern

    def properties(self) -> dict[str, Any]:
        """Return what a subscription says of it."""
        if self.body is not None:
            return {"FilterPolicy": self.body, "FilterPolicyScope": "MessageBody"}
        return {"FilterPolicy": self.attributes} if self.attributes is not None else {}


class TopicSource(EventSource):
    """Messages of a topic: the pipeline's own, or an existing one by its ARN."""

    type: Literal["topic"] = "topic"
    arn: TopicArn | None = None
    """An existing topic to subscribe to, with ``${stage}`` for the stage; absent, the pipeline makes its own."""
    publishers: tuple[Publisher, ...] = ()
    """Other accounts, or roles and users by their ARNs, that may publish on the pipeline's own topic."""
    filter: TopicFilter = TopicFilter()
    """Which messages reach the queue; SNS drops the others, and nothing tells of them."""
    raw_delivery: Switch = True
    """Whether messages come as they were published; without, in an envelope with id, time and subject."""

    def record_fields(self) -> tuple[str, ...]:
        """Return the message attributes; what the envelope tells, where there is one."""
        return ("attributes.*",) if self.raw_delivery else ("attributes.*", "topic.*")

    def grouping(self) -> Grouping:
        """Return that publishers choose the groups of a FIFO topic."""
        return "senders"

    def is_fifo(self) -> bool | None:
        """Return whether the existing topic is a FIFO topic; None where the pipeline makes its own."""
        return None if self.arn is None else self.arn.endswith(FIFO_SUFFIX)

    def options(self, _context: PlanContext) -> dict[str, Any]:
        """Return whether messages come in envelopes."""
        return {"raw": self.raw_delivery}

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return the notification of SNS, or with raw delivery the message itself."""
        if self.raw_delivery:
            return plain(record)
        attributes = {name: {"Type": "String", "Value": value} for name, value in record.attributes.items()}
        return enveloped(
            {
                "Type": "Notification",
                "MessageId": record.id,
                "TopicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:drill",
                "Message": record.text,
                "Timestamp": record.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                "SignatureVersion": "1",
                "Signature": "made up",
                "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService.pem",
                "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe",
                **({"MessageAttributes": attributes} if attributes else {}),
            }
        )

    def contribute(self, context: PlanContext) -> Contribution:
        """Return topic and subscription, and what publishing costs whoever owns the topic."""
        name = context.here(self.arn) if self.arn else f"{context.name('topic')}{FIFO_SUFFIX if context.fifo else ''}"
        meter = "sns-fifo-publish" if context.fifo else "sns-publish"
        cost = CostDriver(meter=meter, quantity_per_event=1, needed_by="source")
        topic = ResourcePlan(
            id=TOPIC, type="AWS::SNS::Topic", name=name, existing=self.arn is not None, needed_by="source"
        )
        subscription = ResourcePlan(
            id=SUBSCRIPTION, type="AWS::SNS::Subscription", name=context.queue_name, needed_by="source"
        )
        return Contribution(resources=(topic, subscription), cost_drivers=() if self.arn else (cost,))

    def bind(self, site: Site) -> None:
        """Make the topic, unless it exists, and the subscription of the buffer."""
        delivered = {"RawMessageDelivery": self.raw_delivery, **self.filter.properties()}
        add_topic(site, self.publishers, delivered)
