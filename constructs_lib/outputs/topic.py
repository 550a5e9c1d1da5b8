"""The topic output: messages to an SNS topic of the pipeline's own, or to an existing one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import topic_arn
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.units import Switch
from constructs_lib.outputs._named import name_in, part_of, sid
from functions.contract.environment import OutputSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

FIFO = ".fifo"

TopicRef = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:sns:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:)?([A-Za-z0-9_-]|\$\{stage\}){1,256}(\.fifo)?$",
        examples=["stock-${stage}-changes"],
    ),
]


class TopicOutput(Output):
    """Messages that every subscriber receives; each has an id that is the same at every try."""

    type: Literal["topic"] = "topic"
    topic: TopicRef | None = None
    """An existing topic by its name or ARN, ``${stage}`` in it is replaced; absent, the pipeline makes its own."""
    fifo: Switch = False
    """Whether the own topic keeps order within groups; an existing one does when its name ends in ``.fifo``."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.topic and "fifo" in self.model_fields_set:
            raise refusal(
                "output-exists-already",
                f"fifo with the existing topic {self.topic}",
                "the name or the ARN of an existing topic alone",
                "remove fifo: the name says whether the topic keeps order",
            )
        return self

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the topic's ARN, and whether it keeps order."""
        arn = self._arn(context)
        return OutputSettings(self.called, self.type, arn, {"fifo": True} if arn.endswith(FIFO) else {})

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to publish to exactly this topic, the topic, and the price of a message."""
        arn, existing = self._arn(context), self.topic is not None
        publish = Grant(sid=sid("Publish", self), actions=("sns:Publish",), resources=(arn,), needed_by=place)
        meter = "sns-fifo-publish" if arn.endswith(FIFO) else "sns-publish"
        name = name_in(self.topic, context) if self.topic else self._own(context)
        planned = ResourcePlan(id=self._id, type="AWS::SNS::Topic", name=name, existing=existing, needed_by=place)
        return Contribution(
            runner_grants=(publish,),
            resources=(planned,),
            cost_drivers=(CostDriver(meter=meter, quantity_per_event=1, needed_by=place),),
        )

    def bind(self, site: Site) -> None:
        """Make the topic, unless it exists."""
        if self.topic is None:
            from constructs_lib.outputs._sending_resources import add_topic

            add_topic(site, self._id, fifo=self.fifo)

    @property
    def _id(self) -> str:
        return f"{self.called.replace('_', '-')}-output"

    def _own(self, context: PlanContext) -> str:
        return context.name(part_of(self, "topic")) + (FIFO if self.fifo else "")

    def _arn(self, context: PlanContext) -> str:
        if self.topic is None:
            return topic_arn(self._own(context))
        here = context.here(self.topic)
        return here if here.startswith("arn:") else topic_arn(here)
