"""What every stream has: how its records are read, when Lambda itself gives them up, and who learns of that."""

from __future__ import annotations

from abc import abstractmethod
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator

from constructs_lib.event_sources._pattern import Dialect, Pattern, checked, text_of
from constructs_lib.model.contribution import Contribution
from constructs_lib.model.event_source import Delivery, EventSource
from constructs_lib.model.refusal import refusal
from constructs_lib.model.resources import ResourcePlan, StreamPlan
from constructs_lib.model.units import Count, Duration, Switch, duration_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from constructs_lib.model.functions import Grant
    from constructs_lib.model.plan import CostDriver
    from constructs_lib.model.plan_context import PlanContext

MAPPING = "stream-to-runner"
DEAD_LETTERS = "dlq"


LONGEST_WINDOW = timedelta(minutes=5)
YOUNGEST, OLDEST = timedelta(minutes=1), timedelta(days=7)
"""What a mapping takes as the age of a record (CreateEventSourceMapping, AWS Lambda API reference)."""


class StreamSource(EventSource):
    """Records that Lambda reads off a stream, in the order of each lane."""

    DIALECT: ClassVar[Dialect]
    """What a filter may look at."""

    starting_position: Literal["TRIM_HORIZON", "LATEST"] = "TRIM_HORIZON"
    """Where reading begins: with the oldest record that the stream still holds, or with the first new one."""
    batch_size: Annotated[Count, Field(le=10_000)] = 100
    """Most records in one run; 1 to 10000."""
    max_batching_window: Duration = timedelta(0)
    """Longest wait for a batch to fill; 0s to 5m."""
    parallelization_factor: Annotated[Count, Field(le=10)] = 1
    """Batches of one shard that run at once; records of one lane stay in order. 1 to 10."""
    bisect_batch_on_error: Switch = True
    """Whether a batch that fails as a whole is halved, until what fails it stands alone."""
    retry_attempts: Annotated[Count, Field(le=10_000)] = 5
    """How often Lambda hands over again what failed, before it gives the batch up; at least retry.max_attempts."""
    max_record_age: Duration = timedelta(days=1)
    """How old a record may grow before it is given up; 1m to 7d."""
    filter: Pattern | None = None
    """Which records start a run, as a pattern of Lambda's event filtering; nothing tells of the others."""

    @field_validator("filter")
    @classmethod
    def _filter_is_a_pattern(cls, pattern: dict[str, Any] | None) -> dict[str, Any] | None:
        if pattern is not None:
            checked(pattern, cls.DIALECT)
        return pattern

    @field_validator("max_batching_window")
    @classmethod
    def _window_is_taken(cls, window: timedelta) -> timedelta:
        if window > LONGEST_WINDOW:
            allowed = f"at most {duration_text(LONGEST_WINDOW)}"
            raise refusal("window-too-long", duration_text(window), allowed, "lower it")
        return window

    @field_validator("max_record_age")
    @classmethod
    def _age_is_taken(cls, age: timedelta) -> timedelta:
        if not YOUNGEST <= age <= OLDEST:
            allowed = f"{duration_text(YOUNGEST)} to {duration_text(OLDEST)}"
            fix = "what is older is given up with a letter; a replay brings it back"
            raise refusal("record-age-out-of-range", duration_text(age), allowed, fix)
        return age

    def delivery(self) -> Delivery:
        """Return that Lambda hands over the records of a stream."""
        return "stream"

    def ordered(self) -> bool:
        """Return that records of one lane are handled one after the other."""
        return True

    def contribute(self, context: PlanContext) -> Contribution:
        """Return the mapping, the right to read the stream, and the stream itself when it is the pipeline's own."""
        return Contribution(
            streams=(self._mapping(context),),
            resources=tuple(self._resources(context)),
            runner_grants=tuple(self._grants(context)),
            cost_drivers=tuple(self._costs()),
        )

    def filters(self) -> tuple[str, ...]:
        """Return the pattern that Lambda holds records against."""
        return (text_of(self.filter),) if self.filter else ()

    def retries(self) -> int:
        """Return how often Lambda hands over again what failed."""
        return self.retry_attempts

    @abstractmethod
    def stream(self, context: PlanContext) -> str:
        """Return the ARN of the stream as the plan writes it."""

    @abstractmethod
    def _resources(self, context: PlanContext) -> Iterator[ResourcePlan]:
        """Yield what is read from."""

    @abstractmethod
    def _grants(self, context: PlanContext) -> Iterator[Grant]:
        """Yield the rights to read it."""

    @abstractmethod
    def _costs(self) -> Iterator[CostDriver]:
        """Yield what reading costs an event."""

    def _mapping(self, context: PlanContext) -> StreamPlan:
        return StreamPlan(
            id=MAPPING,
            stream=self.stream(context),
            function=context.runner,
            batch_size=self.batch_size,
            max_batching_window=int(self.max_batching_window.total_seconds()),
            starting_position=self.starting_position,
            parallelization_factor=self.parallelization_factor,
            bisect_batch_on_error=self.bisect_batch_on_error,
            retry_attempts=self.retry_attempts,
            max_record_age=int(self.max_record_age.total_seconds()),
            filters=self.filters(),
            dead_letter_queue=DEAD_LETTERS,
        )
