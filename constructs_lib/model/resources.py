"""What a pipeline consists of besides functions and queues: topics, buckets, schedules, and mappings of streams."""

from __future__ import annotations

from constructs_lib.model.base import Frozen


class BundledFile(Frozen):
    """One file of the declaration that goes into the bundle."""

    place: str
    """Its path in the bundle."""
    source: str
    """Its absolute path on the machine that synthesises."""


class ResourcePlan(Frozen):
    """One resource that a kind makes or uses."""

    id: str
    """Unique in the pipeline; its construct's id is made of it, and ``pipeline.resources`` knows it by it."""
    type: str
    """Type in CloudFormation's words, such as ``AWS::SNS::Topic``."""
    name: str
    """Physical name; for an existing resource, what the declaration calls it."""
    existing: bool = False
    """Whether it is there already and is only used."""
    needed_by: str
    """The part of the declaration that brings it, such as ``source``."""


class SchedulePlan(Frozen):
    """When runs begin, in EventBridge Scheduler's words."""

    name: str
    expression: str
    timezone: str
    flexible_minutes: int
    overlap: str
    missed_run: str
    off_peak: bool
    calendar: str | None
    holidays: tuple[str, ...]
    """Days of the time zone on which nothing runs."""
    start: str | None
    end: str | None
    text: str
    """What Scheduler sends, with its keywords in it."""


class StreamPlan(Frozen):
    """A mapping from a stream to a function's alias, with partial failures; times in seconds."""

    id: str
    stream: str
    """Its ARN; for that of a resource of the plan ``${Stream.id}``, which only a deployment resolves."""
    function: str
    batch_size: int
    max_batching_window: int
    starting_position: str
    parallelization_factor: int
    bisect_batch_on_error: bool
    """Whether a batch that fails as a whole is halved, until what fails it stands alone."""
    retry_attempts: int
    """How often Lambda hands over again what failed, before it gives up and tells where it stood."""
    max_record_age: int
    filters: tuple[str, ...] = ()
    """Patterns as JSON; what matches none starts no invocation."""
    dead_letter_queue: str
    """Id of the queue that learns of batches which Lambda itself gives up."""
