"""The queue source: messages that other systems send to an SQS queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, field_validator

from constructs_lib.event_sources._pattern import MAPPING, Pattern, checked, text_of
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import EventSource, Grouping
from functions.contract.message import FIFO_SUFFIX

if TYPE_CHECKING:
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site

QueueArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:sqs:[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}:[0-9]{12}:([A-Za-z0-9_-]{1,80}|[A-Za-z0-9_-]{1,75}\.fifo)$",
        examples=["arn:aws:sqs:eu-west-1:111122223333:stock"],
    ),
]


class QueueSource(EventSource):
    """A buffer queue that senders write to directly, or an existing queue by its ARN."""

    type: Literal["queue"] = "queue"
    arn: QueueArn | None = None
    """An existing queue to read from; absent, the pipeline makes its own."""
    filter: Pattern | None = None
    """Which messages start a run, by ``body`` and ``messageAttributes``; Lambda deletes others, and nothing tells."""

    @field_validator("filter")
    @classmethod
    def _filter_is_a_pattern(cls, pattern: dict[str, Any] | None) -> dict[str, Any] | None:
        if pattern is not None:
            checked(pattern, MAPPING)
        return pattern

    def existing_queue(self) -> str | None:
        """Return the ARN of the queue to read from, when it is not the pipeline's own."""
        return self.arn

    def record_fields(self) -> tuple[str, ...]:
        """Return the message attributes, whatever their names."""
        return ("attributes.*",)

    def ordered(self) -> bool:
        """Return whether the existing queue is a FIFO queue."""
        return (self.arn or "").endswith(FIFO_SUFFIX)

    def grouping(self) -> Grouping:
        """Return that senders choose the groups of a FIFO queue."""
        return "senders"

    def filters(self) -> tuple[str, ...]:
        """Return the pattern that Lambda holds messages against."""
        return (text_of(self.filter),) if self.filter else ()

    def contribute(self, _context: PlanContext) -> Contribution:
        """Return nothing: the runner's own grants on its queue are enough."""
        return Contribution()

    def bind(self, site: Site) -> None:
        """Make nothing: the queue is the pipeline's buffer or exists already."""
