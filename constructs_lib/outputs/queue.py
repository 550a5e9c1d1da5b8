"""The queue output: messages to an SQS queue of the pipeline's own, or to an existing one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from constructs_lib.model.contribution import Contribution
from constructs_lib.model.functions import Grant
from constructs_lib.model.names import queue_arn, queue_url, queue_url_of
from constructs_lib.model.output import Output
from constructs_lib.model.plan import CostDriver
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan
from constructs_lib.model.units import Count, Duration, Switch
from constructs_lib.outputs._named import part_of, sid
from functions.contract.environment import OutputSettings

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

LONGEST_DELAY = timedelta(minutes=15)
"""How long SQS holds a message back at most (CreateQueue, Amazon SQS API reference)."""
MESSAGES_PER_CALL = 10
"""Messages that share one call at the default batch size; each 64 KB of a call is priced as one request."""
FIFO = ".fifo"

QueueRef = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:)?([A-Za-z0-9_-]|\$\{stage\}){1,80}(\.fifo)?$",
        examples=["partner-${stage}-inbox"],
    ),
]


class QueueOutput(Output):
    """Messages that other systems receive when they are ready; each has an id that is the same at every try."""

    type: Literal["queue"] = "queue"
    queue: QueueRef | None = None
    """An existing queue by its name or ARN, ``${stage}`` in it is replaced; absent, the pipeline makes its own."""
    fifo: Switch = False
    """Whether the own queue keeps order within groups; an existing one does when its name ends in ``.fifo``."""
    delay: Duration = timedelta(0)
    """How long the own queue holds each message back, up to 15m."""
    retention: Duration = timedelta(days=14)
    """How long the own queue keeps a message; its dead-letter queue keeps it for 14d from the send on."""
    max_receive_count: Annotated[Count, Field(le=1000)] = 5
    """Receives after which the own queue moves a message to its dead-letter queue."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self.model_fields_set & {"fifo", "delay", "retention", "max_receive_count"}
        if self.queue and given:
            raise refusal(
                "output-exists-already",
                f"{' and '.join(sorted(given))} with the existing queue {self.queue}",
                "the name or the ARN of an existing queue alone",
                f"remove {' and '.join(sorted(given))}: whoever owns the queue sets them",
            )
        if self.delay > LONGEST_DELAY or not timedelta(minutes=1) <= self.retention <= timedelta(days=14):
            raise refusal(
                "output-queue-times",
                "a delay or a retention that SQS does not take",
                "a delay up to 15m, and a retention of 1m to 14d",
                "shorten the delay, or set a retention of days",
            )
        return self

    def settings(self, context: PlanContext) -> OutputSettings:
        """Return the queue's URL, and whether it keeps order."""
        if self.queue and self.queue.startswith("arn:"):
            url = queue_url_of(context.here(self.queue))
        else:
            url = queue_url(self._queue(context))
        return OutputSettings(self.called, self.type, url, {"fifo": True} if url.endswith(FIFO) else {})

    def contribute(self, context: PlanContext, place: str) -> Contribution:
        """Return the right to send to exactly this queue, the queues, and the price of sending and receiving."""
        name = self._queue(context)
        arn = context.here(self.queue) if self.queue and self.queue.startswith("arn:") else queue_arn(name)
        send = Grant(sid=sid("Send", self), actions=("sqs:SendMessage",), resources=(arn,), needed_by=place)
        planned = [ResourcePlan(id=self._id, type=QUEUE, name=name, existing=self.queue is not None, needed_by=place)]
        if self.queue is None:
            letters = context.name(f"{self._part}-dlq") + (FIFO if self.fifo else "")
            planned.append(ResourcePlan(id=f"{self._id}-dlq", type=QUEUE, name=letters, needed_by=place))
        received = 2.0 if self.queue is None else 0.0
        calls = (1 + received) / MESSAGES_PER_CALL
        return Contribution(
            runner_grants=(send,),
            resources=tuple(planned),
            cost_drivers=(CostDriver(meter="sqs-request", quantity_per_event=calls, needed_by=place),),
        )

    def bind(self, site: Site) -> None:
        """Make the queue and its dead-letter queue, unless the queue exists."""
        if self.queue:
            return
        from constructs_lib.outputs._sending_resources import add_queue

        add_queue(
            site,
            self._id,
            fifo=self.fifo,
            delay=int(self.delay.total_seconds()),
            retention=int(self.retention.total_seconds()),
            max_receive_count=self.max_receive_count,
        )

    @property
    def _part(self) -> str:
        return part_of(self, "queue")

    @property
    def _id(self) -> str:
        return f"{self.called.replace('_', '-')}-output"

    def _queue(self, context: PlanContext) -> str:
        if self.queue:
            return context.here(self.queue).rpartition(":")[2]
        return context.name(self._part) + (FIFO if self.fifo else "")


QUEUE = "AWS::SQS::Queue"
