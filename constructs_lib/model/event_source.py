"""What every kind of event source promises to the layers above.

A kind is one module of its package with one class. It holds the fields users write, contributes plain data to the plan,
and makes its own resources in ``bind``. Nobody outside the package asks which kind it is.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, Literal

from constructs_lib.model.base import Frozen
from constructs_lib.model.samples import SampleMessage, SampleRecord, plain

if TYPE_CHECKING:
    from datetime import timedelta

    from constructs_lib.model.contribution import Contribution
    from constructs_lib.model.plan_context import PlanContext
    from constructs_lib.model.site import Site
    from functions.contract.environment import StoreSettings

Delivery = Literal["queue", "answer", "stream"]
"""How records reach the runner: out of the buffer queue, from a caller who waits, or straight from a stream."""
Grouping = Literal["none", "senders", "key"]
"""Whether records can come through a FIFO queue: not at all, in groups of their senders, or by ``queue.group_key``."""


class EventSource(Frozen):
    """What starts a run. Exactly one per pipeline."""

    type: str

    @abstractmethod
    def record_fields(self) -> tuple[str, ...]:
        """Return the fields a record has besides ``body``: ``path.shop_id``, or ``attributes.*`` for any name."""

    @abstractmethod
    def contribute(self, context: PlanContext) -> Contribution:
        """Return what the source adds to the plan."""

    @abstractmethod
    def bind(self, site: Site) -> None:
        """Make the source's own resources; CDK is imported here and not before."""

    def delivery(self) -> Delivery:
        """Return how records reach the runner."""
        return "queue"

    def options(self, _context: PlanContext) -> dict[str, Any]:
        """Return what the runtime's reader of this source must know, as plain JSON."""
        return {}

    def stores(self, _context: PlanContext) -> tuple[StoreSettings, ...]:
        """Return the stores that the source itself brings, under the name ``source``; it grants their use, too."""
        return ()

    def brings_store(self) -> bool:
        """Return whether handlers can read what the source tells of, as ``run.stores.source``."""
        return False

    def ordered(self) -> bool:
        """Return whether the source itself keeps records of one lane in order."""
        return False

    def grouping(self) -> Grouping:
        """Return how records get their groups where the queue is FIFO."""
        return "none"

    def ticks(self) -> Literal["none", "single", "overlapping"]:
        """Return whether records are ticks of a schedule, and whether their runs may go on at the same time."""
        return "none"

    def holidays(self) -> str | None:
        """Return the name of the calendar on whose days nothing runs."""
        return None

    def longest_run(self) -> timedelta | None:
        """Return how long the source waits for the runner, or None where nobody waits."""
        return None

    def batches_at_once(self) -> int | None:
        """Return how many batches the source itself hands over at once; None where that is not known beforehand."""
        return None

    def retries(self) -> int | None:
        """Return how often the source itself hands over again what failed; None where a queue counts."""
        return None

    def existing_queue(self) -> str | None:
        """Return the ARN of the queue that the user names instead of having one made."""
        return None

    def shares(self) -> str | None:
        """Return the name of what the pipeline shares with others of one stack, or None where it stands alone."""
        return None

    def clash(self, _other: EventSource) -> tuple[str, str, str, str] | None:
        """Return code, finding, what is allowed and the way out where both cannot share the same thing."""
        return None

    def is_fifo(self) -> bool | None:
        """Return whether what exists before the buffer keeps the order of groups; None where nothing does."""
        return None

    def filters(self) -> tuple[str, ...]:
        """Return the patterns, as JSON, of which a message must match one to start a run; without any, all do."""
        return ()

    def reads(self) -> bool:
        """Return whether its requests change nothing, so that each is answered anew."""
        return False

    def response_schema(self) -> str | None:
        """Return the file with the schema of a response, relative to the declaration, or None where any is sent."""
        return None

    def hears(self, _speaker: str) -> bool:
        """Return whether events that are put on the source's bus under this name can start a run."""
        return True

    def natural_key(self) -> tuple[str, ...] | None:
        """Return the idempotency key that the source itself provides, or None when the payload must."""
        return None

    def sample_body(self) -> Any:
        """Return what drills send where neither a file of samples nor a contract says more."""
        return {}

    def sample_unwanted(self) -> tuple[SampleMessage, ...]:
        """Return what the source's service may send although it starts no run."""
        return ()

    def sample_envelope(self, record: SampleRecord) -> SampleMessage:
        """Return a made-up record in the envelope of the source's service; without one it is the message."""
        return plain(record)
