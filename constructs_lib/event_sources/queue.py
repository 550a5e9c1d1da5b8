"""The queue source: messages that other systems send to an SQS queue."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from constructs_lib.model.kinds import Contribution, EventSource, PlanContext, Site
from constructs_lib.model.refusal import refusal
from constructs_lib.model.units import shown


def parse_queue_arn(value: Any) -> Any:
    """Return the ARN of a queue.

    Raises:
        PydanticCustomError: ``existing-queue-fifo``: delays and retries of single messages break the order of a group.
    """
    if isinstance(value, str) and value.endswith(".fifo"):
        fix = "let the sender use a standard queue; a record is processed once by its key, in any order"
        raise refusal("existing-queue-fifo", f"{shown(value)} is a FIFO queue", "a standard queue", fix)
    return value


QueueArn = Annotated[
    str,
    BeforeValidator(parse_queue_arn),
    Field(
        pattern=r"^arn:[^:]+:sqs:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,80}$",
        examples=["arn:aws:sqs:eu-west-1:111122223333:stock"],
    ),
]


class QueueSource(EventSource):
    """A buffer queue that senders write to directly, or an existing queue by its ARN."""

    type: Literal["queue"] = "queue"
    arn: QueueArn | None = None
    """An existing queue to read from; absent, the pipeline makes its own."""

    def existing_queue(self) -> str | None:
        """Return the ARN of the queue to read from, when it is not the pipeline's own."""
        return self.arn

    def record_fields(self) -> tuple[str, ...]:
        """Return the message attributes, whatever their names."""
        return ("attributes.*",)

    def contribute(self, _context: PlanContext) -> Contribution:
        """Return nothing: the runner's own grants on its queue are enough."""
        return Contribution()

    def bind(self, site: Site) -> None:
        """Make nothing: the queue is the pipeline's buffer or exists already."""
