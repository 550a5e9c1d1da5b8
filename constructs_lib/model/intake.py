"""What brings records to functions, as the plan has it: queues, their mappings, and routes."""

from __future__ import annotations

from typing import Literal

from constructs_lib.model.base import Frozen


class QueuePlan(Frozen):
    """One SQS queue; times in seconds. ``dead_letter_queue`` names another queue of the plan by its id."""

    id: str
    name: str
    arn: str
    url: str
    existing: bool = False
    visibility_timeout: int
    retention_period: int
    fifo: bool = False
    content_based_deduplication: bool = False
    """Whether a FIFO queue tells repeats by their bodies, where the sender gives no id."""
    dead_letter_queue: str | None = None
    max_receive_count: int | None = None


class MappingPlan(Frozen):
    """An event source mapping from a queue to a function's alias, with partial failures; the window in seconds."""

    id: str
    queue: str
    function: str
    batch_size: int
    max_batching_window: int
    max_concurrency: int
    filters: tuple[str, ...] = ()
    """Patterns as JSON; messages that match none are deleted without an invocation."""
    controls: bool = False
    """Whether it brings messages about the pipeline itself, and no records."""


class RoutePlan(Frozen):
    """One HTTP route. It ends at a function, or at a queue without a function in between."""

    id: str
    api_name: str
    gateway: Literal["http", "rest"] = "http"
    """API Gateway's HTTP API, or its REST API, which alone knows API keys."""
    shared: bool = False
    """Whether other pipelines of the stack have routes of the same API."""
    base_path: str = ""
    """What stands in front of the path in an address: the stage of a REST API."""
    method: str
    path: str
    auth: str
    function: str | None = None
    queue: str | None = None
    throttle_rate: int
    """Requests a second that the route takes steadily."""
    throttle_burst: int
    issuer: str | None = None
    """Who signs the tokens of the route; None without tokens, and where the pipeline makes a user pool."""
    audience: tuple[str, ...] = ()
    """A token is for one of these; empty as the issuer is."""
    scopes: tuple[str, ...] = ()
    """A token has one of these."""
    group_key: str | None = None
    """Field of a request that gives its group where the queue is FIFO; None elsewhere."""
    origins: tuple[str, ...] = ()
    """Web sites whose pages may call the route from a browser."""
